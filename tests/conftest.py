"""What all tests share: quiet logs, fresh names and seeds, the folder of real data."""

import gc
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow decides by the processor; without these kernels the other library has no channels-first
# convolutions.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _same_start_for_every_test():
    """Seeds, layer names and global settings do not depend on the tests that ran before."""
    # Not at the top: only processes that run tests load TensorFlow, so its log lines end before the
    # summary.
    from tfk import config, mixed_precision
    from tfk.utils import naming, random

    random.set_random_seed(1)
    naming.reset_names()
    saved = config.floatx(), config.epsilon(), config.image_data_format()
    yield
    config.set_floatx(saved[0])
    config.set_epsilon(saved[1])
    config.set_image_data_format(saved[2])
    mixed_precision.set_global_policy(None)


@pytest.fixture(autouse=True, scope="module")
def _free_memory_between_modules():
    yield
    gc.collect()


@pytest.fixture(scope="session")
def real_data():
    """Folder of real data sets: `TFK_TEST_DATA`, or `shared/data` beside the checkout."""
    folder = pathlib.Path(os.environ.get("TFK_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set TFK_TEST_DATA to a folder that has it")
    return folder
