"""Activations that are layers: values by hand, masks, error messages."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import layers
from tfk.utils.logits import logits_of

X = tf.constant([[-2.0, -0.5, 0.5, 3.0]])


@pytest.mark.parametrize(
    "layer, expected",
    [
        (layers.ReLU(), [0, 0, 0.5, 3]),
        (layers.ReLU(max_value=1.0), [0, 0, 0.5, 1]),
        (layers.ReLU(negative_slope=0.1), [-0.2, -0.05, 0.5, 3]),
        (layers.ReLU(threshold=1.0, negative_slope=0.1), [-0.3, -0.15, -0.05, 3]),
        (layers.LeakyReLU(), [-0.6, -0.15, 0.5, 3]),
        (layers.ELU(2.0), [2 * np.expm1(-2), 2 * np.expm1(-0.5), 0.5, 3]),
        (layers.ThresholdedReLU(), [0, 0, 0, 3]),
        (layers.PReLU(alpha_initializer="ones"), [-2, -0.5, 0.5, 3]),
        (layers.Activation(tf.square), [4, 0.25, 0.25, 9]),
    ],
)
def test_values_by_hand(layer, expected):
    np.testing.assert_allclose(layer(X)[0], expected, rtol=1e-6)


def test_softmax_over_several_axes():
    x = tf.random.normal((2, 3, 4))
    np.testing.assert_allclose(tf.reduce_sum(layers.Softmax((1, 2))(x), (1, 2)), [1, 1], rtol=1e-5)
    one, other = layers.Softmax([1])(x), layers.Softmax(1)(x)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("mask", [[[True, False, True, False]], [[1.0, 0.0, 1.0, 0.0]]])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_softmax_of_masked_elements(robust, mask, dtype):
    outputs = layers.Softmax(robust_masking=robust, dtype=dtype)(X, mask=tf.constant(mask))
    powers = np.exp([-2.0, 0.5])
    expected = [powers[0] / powers.sum(), 0, powers[1] / powers.sum(), 0]
    np.testing.assert_allclose(outputs[0], expected, rtol=2e-3 if dtype == "float16" else 1e-5)


def test_softmax_remembers_its_logits():
    assert logits_of(layers.Softmax()(X), "softmax") is not None
    assert logits_of(layers.Softmax(axis=0)(X), "softmax") is None


def test_prelu_shares_its_slopes():
    layer = layers.PReLU(shared_axes=[1, -2])
    layer.build((None, 4, 5, 3))
    assert layer.alpha.shape == (1, 1, 3)
    assert layer(tf.ones((2, 6, 7, 3))).shape == (2, 6, 7, 3)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: layers.ReLU(max_value=-1), "max_value to be at least 0, got -1"),
        (lambda: layers.ReLU(negative_slope=None), "negative_slope to be a number, got None"),
        (lambda: layers.ReLU(threshold=-1), "threshold to be at least 0"),
        (lambda: layers.LeakyReLU(None), "alpha to be a number, got None"),
        (lambda: layers.ELU("a"), "alpha to be a number, got 'a'"),
        (lambda: layers.ThresholdedReLU(-1), "theta to be at least 0"),
        (lambda: layers.PReLU().build((None, None, 3)), "axis 1"),
        (lambda: layers.Activation("rellu"), "relu"),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()
