"""Two devices, mirrored or with central storage, give the numbers of one, uneven and missing shards
included.
"""

import pathlib

import pytest

from tests.distribution import step_logs
from tests.distribution.parts import Parts

SCRIPT = pathlib.Path(__file__).with_name("two_devices.py")
CASES = [  # in the order in which they are run
    "arrays",
    "weights",
    "central weights",
    "dataset",
    "distributed dataset",
    "dataset creator",
    "central distributed dataset",
    "outputs",
    "masks",
    "normalized",
    "added",
    "added without waiting",
    "central added",
    "words",
    "single rows",
    "own step",
    "eager",
]


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    parts = Parts.of_script(tmp_path_factory.mktemp("devices"), SCRIPT)
    yield parts
    parts.stop()


def test_xla_is_refused(parts):
    assert "2 replicas" in parts["XLA"]


def test_logs_of_custom_steps_are_combined_over_replicas(parts):
    assert parts["step logs"] == step_logs.EXPECTED


@pytest.mark.parametrize("case", CASES)
def test_equals_one_device(parts, case):
    distances = parts[case]
    assert distances.keys() == {"history", "evaluate", "weights", "predict"}
    assert max(distances.values()) < 1e-5
