"""Two devices, mirrored or with central storage, give the numbers of one, uneven and missing shards included."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).with_name("two_devices.py")
CASES = [
    "arrays",
    "weights",
    "dataset",
    "distributed dataset",
    "dataset creator",
    "central arrays",
    "central weights",
    "central distributed dataset",
    "sum",
    "scalar loss",
    "penalties",
    "outputs",
    "masks",
    "recurrent",
    "normalized",
    "own step",
    "eager",
]


@pytest.fixture(scope="module")
def distances():
    environment = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[2]), "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, SCRIPT], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("case", CASES)
def test_equals_one_device(distances, case):
    assert distances[case].keys() == {"history", "evaluate", "weights", "predict"}
    assert max(distances[case].values()) < 1e-5


def test_xla_is_refused(distances):
    assert "2 replicas" in distances["XLA"]
