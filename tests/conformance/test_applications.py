"""All applications by numbers: weight files of tf_keras load and give its outputs. Only `make conformance` runs it.

One model takes 5 seconds to 2 minutes and up to 8 GB of memory.
"""

import gc

import pytest

pytest.importorskip("tf_keras")

from tests.applications.exchange import check_weight_file
from tests.applications.facts import recorded

pytestmark = pytest.mark.conformance


@pytest.fixture(autouse=True)
def free_memory():
    yield
    gc.collect()


@pytest.mark.parametrize("include_top", [True, False], ids=["top", "no_top"])
@pytest.mark.parametrize("name", sorted(recorded()))
def test_weight_files_of_keras_load_by_order_and_by_name(name, include_top, tmp_path):
    arguments = {"classifier_activation": None} if include_top else {"include_top": False}
    check_weight_file(name, arguments, tmp_path)
