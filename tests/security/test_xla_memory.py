"""XLA that runs out of memory on a CPU ends the process, so it is not chosen for large steps."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.engine.data import memory
from tfk.engine.training import xla_rule


@pytest.fixture(scope="module")
def step():
    model = tfk.Sequential(
        [tfk.layers.Dense(8, activation, input_shape=(8,)) for activation in ("tanh",) * 6]
    )
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 8)), np.zeros((4, 8)), verbose=0)
    (step,) = model.traced_steps("train")
    return step


def test_large_steps_are_left_to_plain_tensorflow(step):
    assert xla_rule.pays(step, 32, 0, steps=10**6)
    assert xla_rule.Estimate(step, 10**8, 0).pays(10**6)
    assert not xla_rule.pays(step, 10**8, 0, steps=10**6)


def test_the_limit_follows_the_memory_of_the_process(step, monkeypatch):
    size = xla_rule.Estimate(step, 1000, 0).memory
    monkeypatch.setattr(xla_rule, "total_bytes", lambda: 5 * size)
    assert xla_rule.pays(step, 1000, 0, steps=10**9)
    monkeypatch.setattr(xla_rule, "total_bytes", lambda: 3 * size)
    assert not xla_rule.pays(step, 1000, 0, steps=10**9)


def test_the_size_of_a_step_is_that_of_its_results():
    @tf.function(input_signature=[tf.TensorSpec((None, 10), tf.float32)])
    def doubled(x):
        return tf.cast(tf.tanh(x), tf.float64)

    estimate = xla_rule.Estimate(doubled.get_concrete_function(), 100, 0)
    assert estimate.memory == 100 * 10 * (4 + 8)


def test_a_limit_of_the_process_counts(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (2**30, resource.RLIM_INFINITY))
    assert memory.total_bytes() == 2**30
