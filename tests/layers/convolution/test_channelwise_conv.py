"""Depthwise and separable convolutions."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
    deserialize,
)


def test_channels_stay_apart():
    layer = DepthwiseConv2D(2, depth_multiplier=2, use_bias=False)
    layer.build((None, 3, 3, 2))
    kernel = np.zeros((2, 2, 2, 2))
    kernel[:, :, 0, 0], kernel[:, :, 0, 1], kernel[0, 0, 1, 0], kernel[1, 1, 1, 1] = (
        1.0,
        2.0,
        1.0,
        1.0,
    )
    layer.set_weights([kernel])
    image = np.stack([np.arange(9.0).reshape(3, 3), 10 * np.arange(9.0).reshape(3, 3)], axis=-1)
    outputs = layer(tf.constant(image[np.newaxis]))[0].numpy()
    np.testing.assert_allclose(outputs[:, :, 0], [[8, 12], [20, 24]])
    np.testing.assert_allclose(outputs[:, :, 1], [[16, 24], [40, 48]])
    np.testing.assert_allclose(outputs[:, :, 2], image[:2, :2, 1])
    np.testing.assert_allclose(outputs[:, :, 3], image[1:, 1:, 1])


def test_separable_is_depthwise_then_pointwise():
    x = tf.random.normal((2, 6, 5, 3))
    layer = SeparableConv2D(4, 3, depth_multiplier=2, bias_initializer="normal")
    outputs = layer(x)
    depthwise = DepthwiseConv2D(
        3, depth_multiplier=2, use_bias=False, weights=[layer.depthwise_kernel.numpy()]
    )
    pointwise = tf.reshape(layer.pointwise_kernel, (6, 4))
    np.testing.assert_allclose(outputs, depthwise(x) @ pointwise + layer.bias, atol=1e-5)


def test_causal_separable_convolution():
    layer = SeparableConv1D(
        1, 2, padding="causal", depthwise_initializer="ones", pointwise_initializer="ones"
    )
    outputs = layer(tf.reshape(tf.range(1.0, 5.0), (1, 4, 1)))
    np.testing.assert_allclose(outputs[0, :, 0], [1.0, 3.0, 5.0, 7.0])


@pytest.mark.parametrize("cls", [DepthwiseConv1D, SeparableConv1D])
def test_strides_in_one_dimension(cls):
    kwargs = {"filters": 2} if cls is SeparableConv1D else {}
    assert cls(kernel_size=3, strides=2, padding="same", **kwargs)(tf.ones((1, 7, 2))).shape == (
        1,
        4,
        2,
    )


def test_configs_of_keras_2_hold_more():
    tf_keras = pytest.importorskip("tf_keras")
    for theirs in (tf_keras.layers.DepthwiseConv2D(3), tf_keras.layers.SeparableConv2D(4, 3)):
        config = tf_keras.layers.serialize(theirs)
        assert deserialize(config).kernel_size == (3, 3)


@pytest.mark.parametrize(
    "run, message",
    [
        (
            lambda: DepthwiseConv2D(3, strides=(1, 2)),
            r"equal strides along both axes, got strides=\(1, 2\)",
        ),
        (lambda: SeparableConv2D(3, 3, strides=(1, 2)), "equal strides"),
        (
            lambda: DepthwiseConv2D(3, depth_multiplier=0),
            "depth_multiplier to be a positive integer",
        ),
        (lambda: SeparableConv2D(0, 3), "filters to be a positive integer"),
        (lambda: DepthwiseConv1D(3, padding="causal"), "'valid', 'same', got 'causal'"),
        (lambda: DepthwiseConv2D(5)(tf.ones((1, 4, 4, 2))), "is too small"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
