"""All applications by numbers: files pass between tf_keras and tfk. Only `make conformance` runs
it.

The smallest models come first. One takes 5 seconds to 2 minutes and up to 12 GB of memory.
"""

import gc
import shutil

import pytest

pytest.importorskip("tf_keras")

from tests.applications.exchange import both, check_archive, check_weight_file
from tests.applications.facts import recorded

pytestmark = pytest.mark.conformance

BY_SIZE = sorted(recorded(), key=lambda name: recorded()[name]["parameters"])


@pytest.fixture(autouse=True)
def free_memory_and_disk(tmp_path):
    yield
    shutil.rmtree(tmp_path)
    gc.collect()


@pytest.mark.parametrize("name", BY_SIZE)
def test_weights_and_archives_of_classifiers_are_exchanged(name, tmp_path):
    theirs, build = both(name, {"classifier_activation": None})
    ours = check_weight_file(theirs, build, tmp_path)
    check_archive(theirs, ours, tmp_path)


@pytest.mark.parametrize("name", BY_SIZE)
def test_weights_without_classifier_are_exchanged(name, tmp_path):
    theirs, build = both(name, {"include_top": False})
    check_weight_file(theirs, build, tmp_path)
