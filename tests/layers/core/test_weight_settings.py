"""Settings of layers that are changed after the layer was made."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import layers

LAYERS = {
    "Dense": (lambda: layers.Dense(2, "softmax"), (2, 6)),
    "EinsumDense": (lambda: layers.EinsumDense("ab,bc->ac", 3, activation="relu"), (2, 6)),
    "Conv1D": (lambda: layers.Conv1D(2, 2, activation="relu"), (2, 5, 6)),
    "Conv2DTranspose": (lambda: layers.Conv2DTranspose(2, 3, activation="relu"), (1, 4, 4, 1)),
    "SeparableConv2D": (lambda: layers.SeparableConv2D(2, 3, activation="relu"), (1, 4, 4, 1)),
    "DepthwiseConv2D": (lambda: layers.DepthwiseConv2D(3, activation="relu"), (1, 4, 4, 1)),
    "LocallyConnected1D": (lambda: layers.LocallyConnected1D(2, 2, activation="relu"), (2, 5, 6)),
    "Activation": (lambda: layers.Activation("sigmoid"), (2, 6)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_activation_can_be_removed_and_replaced(name):
    make, shape = LAYERS[name]
    layer, x = make(), np.random.default_rng(1).normal(size=shape).astype("float32")
    x = np.concatenate([x, -x])  # some outputs are negative, whatever the weights are
    layer(x)
    layer.activation = None
    linear = layer(x).numpy()
    assert (linear < 0).any()
    layer.activation = "relu"
    np.testing.assert_allclose(layer(x), np.maximum(linear, 0), rtol=1e-5)
    layer.activation = tf.nn.tanh
    np.testing.assert_allclose(layer(x), np.tanh(linear), rtol=1e-5, atol=1e-6)


def test_activation_of_a_cell_can_be_removed():
    layer, x = layers.SimpleRNN(3), np.ones((2, 1, 4), "float32")
    with_tanh = layer(x)
    layer.cell.activation = None
    np.testing.assert_allclose(np.tanh(layer(x)), with_tanh, rtol=1e-5)


def test_activation_before_init_is_an_attribute_error():
    layer = layers.Dense.__new__(layers.Dense)
    assert not hasattr(layer, "activation")
