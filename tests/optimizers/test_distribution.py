"""Training on two devices, in a process of its own because devices are fixed when TensorFlow
starts.
"""

import pathlib

import numpy as np
import pytest

from tests.distribution.parts import Parts

SCRIPT = pathlib.Path(__file__).with_name("two_devices.py")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    parts = Parts.of_script(tmp_path_factory.mktemp("devices"), SCRIPT)
    yield parts
    parts.stop()


def test_gradients_of_one_replica_alone_are_refused(parts):
    assert "cross-replica context of a strategy with 2 replicas" in parts["message"]
    assert "strategy.run()" in parts["message"]


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD", "Nadam", "Adafactor", "accumulated"])
def test_two_devices_equal_one(parts, name):
    alone, mirrored, one_device = parts[name]
    for other in (mirrored, one_device):
        for a, b in zip(alone, other):
            np.testing.assert_allclose(b, a, rtol=2e-6, atol=1e-6)
