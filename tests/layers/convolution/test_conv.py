"""Conv1D to Conv3D: values by hand, groups against XLA's kernel, layouts, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Conv1D, Conv2D, Conv3D
from tfk.layers.convolution.conv import convolve


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def test_values_by_hand():
    layer = Conv2D(1, 2, kernel_initializer="ones", bias_initializer="ones")
    image = tf.reshape(tf.range(9.0), (1, 3, 3, 1))
    np.testing.assert_allclose(layer(image)[0, :, :, 0], [[9.0, 13.0], [21.0, 25.0]])


def test_causal_convolution_sees_the_past_only():
    layer = Conv1D(
        1, 2, dilation_rate=2, padding="causal", kernel_initializer="ones", use_bias=False
    )
    outputs = layer(tf.reshape(tf.range(1.0, 6.0), (1, 5, 1)))
    np.testing.assert_allclose(outputs[0, :, 0], [1.0, 2.0, 4.0, 6.0, 8.0])


@pytest.mark.parametrize(
    "training, operation", [(True, "MatMul"), (False, "Conv2D"), (None, "Conv2D")]
)
def test_a_window_of_one_element_is_a_product_in_training(training, operation):
    layer, x = Conv2D(4, 1, bias_initializer="ones"), normal(2, 5, 6, 3)
    np.testing.assert_allclose(layer(x, training=training), x @ layer.kernel[0, 0] + 1, atol=1e-5)
    step = tf.function(lambda x: layer(x, training=training)).get_concrete_function(x)
    assert operation in {node.type for node in step.graph.get_operations()}


@pytest.mark.parametrize("channels, filters, groups", [(6, 4, 2), (3, 6, 3), (4, 4, 4), (8, 16, 4)])
@pytest.mark.parametrize(
    "strides, padding, dilations", [(1, "SAME", 1), (2, "VALID", 1), (1, "VALID", 2)]
)
def test_groups(channels, filters, groups, strides, padding, dilations):
    x, kernel = normal(2, 7, 7, channels), normal(3, 3, channels // groups, filters)

    @tf.function(jit_compile=True)
    def reference(x, kernel):
        with tf.GradientTape() as tape:
            tape.watch((x, kernel))
            y = tf.nn.conv2d(x, kernel, strides, padding, dilations=dilations)
            loss = tf.reduce_sum(y * y)
        return y, *tape.gradient(loss, (x, kernel))

    x, kernel = tf.constant(x), tf.constant(kernel)
    with tf.GradientTape() as tape:
        tape.watch((x, kernel))
        y = convolve(x, kernel, (strides,) * 2, padding, (dilations,) * 2, groups)
        loss = tf.reduce_sum(y * y)
    for ours, theirs in zip((y, *tape.gradient(loss, (x, kernel))), reference(x, kernel)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("cls, rank", [(Conv1D, 1), (Conv2D, 2), (Conv3D, 3)])
@pytest.mark.parametrize(
    "kwargs", [{"padding": "same", "strides": 2}, {"dilation_rate": 2}, {"groups": 2}]
)
def test_layouts_agree(cls, rank, kwargs):
    x = tf.constant(normal(2, *(6, 5, 7)[:rank], 4))
    first = (0, rank + 1, *range(1, rank + 1))
    last = (0, *range(2, rank + 2), 1)
    layer = cls(4, 2, bias_initializer="normal", **kwargs)
    expected = layer(x)
    other = cls(4, 2, data_format="channels_first", weights=layer.get_weights(), **kwargs)
    np.testing.assert_allclose(
        tf.transpose(other(tf.transpose(x, first)), last), expected, atol=1e-5
    )


def test_default_layout_follows_the_setting_except_in_one_dimension():
    tfk.config.set_image_data_format("channels_first")
    assert Conv2D(1, 1).data_format == "channels_first"
    assert Conv1D(1, 1).data_format == "channels_last"


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("batch", [(2, 3), (2, None), (None, None)])
def test_several_batch_axes(data_format, batch):
    x = normal(2, 3, 6, 5, 4) if data_format == "channels_last" else normal(2, 3, 4, 6, 5)
    layer = Conv2D(3, 3, data_format=data_format, bias_initializer="normal")
    run = tf.function(layer, input_signature=[tf.TensorSpec((*batch, *x.shape[2:]))])
    expected = tf.stack([layer(video) for video in tf.unstack(tf.constant(x))])
    np.testing.assert_allclose(run(x), expected, atol=1e-5)
    assert run.get_concrete_function().output_shapes.as_list() == [*batch, *expected.shape[2:]]


def test_convolution_op_can_be_replaced():
    class Standardized(Conv2D):
        def convolution_op(self, inputs, kernel):
            mean, variance = tf.nn.moments(kernel, axes=[0, 1, 2], keepdims=True)
            return super().convolution_op(inputs, (kernel - mean) / tf.sqrt(variance + 1e-10))

    x = tf.constant(normal(1, 5, 5, 2))
    layer, plain = Standardized(3, 3, name="same"), Conv2D(3, 3, name="same")
    outputs = layer(x)
    kernel = layer.kernel.numpy()
    plain.build(x.shape)
    plain.set_weights([(kernel - kernel.mean((0, 1, 2))) / kernel.std((0, 1, 2)), np.zeros(3)])
    np.testing.assert_allclose(outputs, plain(x), atol=1e-4)


def test_integers_become_floats():
    assert Conv2D(1, 2)(tf.ones((1, 3, 3, 1), tf.uint8)).dtype == tf.float32


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: Conv2D(0, 3), "filters to be a positive integer, got 0"),
        (lambda: Conv2D(2, 0), "kernel_size to be an integer or a tuple of 2"),
        (lambda: Conv2D(2, (3, 3, 3)), "kernel_size to be an integer or a tuple of 2"),
        (lambda: Conv2D(2, 3, strides=0), "strides to be an integer or a tuple of 2"),
        (lambda: Conv2D(2, 3, padding="full"), "padding to be one of 'valid', 'same', got 'full'"),
        (
            lambda: Conv2D(2, 3, padding="causal"),
            "padding to be one of 'valid', 'same', got 'causal'",
        ),
        (lambda: Conv1D(2, 3, padding="full"), "'valid', 'same', 'causal', got 'full'"),
        (lambda: Conv2D(2, 3, data_format="NHWC"), "data_format to be one of"),
        (lambda: Conv2D(2, 3, strides=2, dilation_rate=2), "cannot both exceed 1"),
        (lambda: Conv2D(3, 3, groups=2), "filters=3 is not divisible by groups=2"),
        (
            lambda: Conv2D(4, 3, groups=2)(tf.ones((1, 5, 5, 3))),
            "3 channels.*divisible by groups=2",
        ),
        (lambda: Conv2D(4, 3)(tf.ones((5, 5, 3))), "at least 4 dimensions, got 3"),
        (lambda: Conv2D(4, 3)(tfk.Input((5, 5, None))), "axis -1"),
        (
            lambda: Conv2D(4, 7, name="big")(tf.ones((1, 5, 5, 3))),
            r'Conv2D "big".*\(1, 5, 5, 3\) is too small',
        ),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()


def test_other_sizes_than_built_for():
    layer = Conv2D(2, 3)
    layer(tf.ones((1, 5, 5, 3)))
    assert layer(tf.ones((1, 9, 6, 3))).shape == (1, 7, 4, 2)
    with pytest.raises(ValueError, match="axis -1 to have size 3, got 4"):
        layer(tf.ones((1, 5, 5, 4)))
