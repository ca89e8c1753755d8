"""Learning rates that differ from variable to variable."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import optimizers
from tfk.optimizers import SGD, Adam, AdamW

NAMES = (
    "embedding/embeddings",
    "block_1/dense/kernel",
    "block_1/dense/bias",
    "block_2/dense_1/kernel",
    "head/kernel",
)


def variables():
    return [tf.Variable([1.0, -2.0], name=name) for name in NAMES]


def moved(multipliers):
    trained = variables()
    SGD(1.0, learning_rate_multipliers=multipliers).apply_gradients(
        [(tf.ones(2), v) for v in trained]
    )
    return [float(1.0 - v[0]) for v in trained]


@pytest.mark.parametrize(
    "multipliers, expected",
    [
        ({"dense": 0.5}, [1, 0.5, 0.5, 1, 1]),
        ({"dense*": 0.5}, [1, 0.5, 0.5, 0.5, 1]),
        ({"block_1/dense/kernel": 0.5}, [1, 0.5, 1, 1, 1]),
        ({"*/kernel": 0.5, "head": 0.25}, [1, 0.5, 1, 0.5, 0.25]),
        ({"*": 0.5, "head": 1}, [0.5, 0.5, 0.5, 0.5, 1]),
        ({"bias": 0, "embedding": 2}, [2, 1, 0, 1, 1]),
    ],
)
def test_patterns(multipliers, expected):
    assert moved(multipliers) == expected


def test_layers_as_keys():
    class Layer:
        name = "head"

        def __init__(self, weights):
            self.weights = weights

    trained = variables()
    optimizer = SGD(1.0, learning_rate_multipliers={Layer(trained[4:]): 0.25})
    optimizer.apply_gradients([(tf.ones(2), v) for v in trained])
    assert [float(1.0 - v[0]) for v in trained] == [1, 1, 1, 1, 0.25]
    assert optimizer.get_config()["learning_rate_multipliers"] == {"head": 0.25}


def test_an_entry_that_fits_nothing():
    with pytest.raises(ValueError, match="learning_rate_multipliers\\['hed'\\] fits no variable"):
        moved({"hed": 0.1})


@pytest.mark.parametrize(
    "name", ["SGD", "Adam", "AdamW", "RMSprop", "Adafactor", "Ftrl", "Lion", "Nadam"]
)
def test_factor_zero_freezes_bit_for_bit(name):
    trained = [tf.Variable(np.float32([0.1, 1e-30, -3.3]), name=n) for n in NAMES]
    optimizer = getattr(optimizers, name)(
        0.1, learning_rate_multipliers={"head": 0, "embedding": 0}, weight_decay=0.1, use_ema=True,
        ema_overwrite_frequency=1, global_clipnorm=1.0,
    )  # fmt: skip
    for _ in range(3):
        optimizer.apply_gradients([(v * 2 + 1, v) for v in trained])
    optimizer.finalize_variable_values(trained)
    for frozen in (trained[0], trained[4]):
        np.testing.assert_array_equal(frozen.numpy(), np.float32([0.1, 1e-30, -3.3]))
    assert (trained[1].numpy() != np.float32([0.1, 1e-30, -3.3])).all()


def test_frozen_variables_do_not_count_in_the_global_norm():
    a, b = tf.Variable(0.0, name="a"), tf.Variable(0.0, name="b")
    optimizer = SGD(1.0, global_clipnorm=1.0, learning_rate_multipliers={"b": 0})
    optimizer.apply_gradients([(tf.constant(2.0), a), (tf.constant(100.0), b)])
    assert (float(a), float(b)) == (-1.0, 0.0)


@pytest.mark.parametrize("cls", [Adam, AdamW])
def test_factors_equal_rates(cls):
    """A factor of 0.5 is the same as half the rate, weight decay included."""
    first, second = variables(), variables()
    for optimizer, trained in (
        (cls(0.1, learning_rate_multipliers={"*": 0.5}), first),
        (cls(0.05), second),
    ):
        for _ in range(3):
            optimizer.apply_gradients([(v * 0.5, v) for v in trained])
    for a, b in zip(first, second):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_config():
    config = SGD(learning_rate_multipliers={"a*": 0.5}).get_config()
    assert SGD.from_config(config).get_config() == config
    assert "learning_rate_multipliers" not in SGD().get_config()
