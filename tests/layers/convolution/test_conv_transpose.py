"""Transposed convolutions: gradients of convolutions, sizes, error messages."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from tfk.layers import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from tfk.layers.convolution.conv_transpose import spread

CLASSES = {1: Conv1DTranspose, 2: Conv2DTranspose, 3: Conv3DTranspose}


def test_values_by_hand():
    layer = Conv1DTranspose(1, 2, strides=2, use_bias=False)
    layer.build((None, 3, 1))
    layer.set_weights([np.array([1.0, 10.0]).reshape(2, 1, 1)])
    outputs = layer(tf.reshape([1.0, 2.0, 3.0], (1, 3, 1)))
    np.testing.assert_allclose(outputs[0, :, 0], [1.0, 10.0, 2.0, 20.0, 3.0, 30.0])


@pytest.mark.parametrize(
    "rank, strides, dilation",
    [
        (rank, *steps)
        for rank in (1, 2, 3)
        for steps in ((1, 1), (2, 1), (3, 1), (1, 2), (1, 3))
        if rank < 3 or steps[1] == 1
    ],
)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_is_the_gradient_of_the_convolution(rank, padding, strides, dilation):
    rng = np.random.default_rng(0)
    sizes = (5, 4, 3)[:rank]
    x = tf.constant(rng.normal(size=(2, *sizes, 3)).astype("float32"))
    layer = CLASSES[rank](
        4, 3, strides=strides, padding=padding, dilation_rate=dilation, use_bias=False
    )
    outputs = layer(x)
    # Zeros between the elements of the window are what a dilation means.
    kernel = spread(tf.convert_to_tensor(layer.kernel), (dilation,) * rank)
    assert kernel.shape[0] == 2 * dilation + 1
    with tf.GradientTape() as tape:
        source = tf.zeros(outputs.shape)
        tape.watch(source)
        layout = {1: "NWC", 2: "NHWC", 3: "NDHWC"}[rank]
        made = tf.nn.convolution(source, kernel, strides, padding.upper(), layout)
    assert made.shape == x.shape
    np.testing.assert_allclose(outputs, tape.gradient(made, source, x), atol=1e-5)


@pytest.mark.parametrize(
    "kwargs, size",
    [
        ({"padding": "valid"}, 5),
        ({"padding": "same"}, 3),
        ({"padding": "valid", "strides": 2}, 7),
        ({"padding": "same", "strides": 2}, 6),
        ({"padding": "valid", "strides": 2, "output_padding": 1}, 8),
        ({"padding": "same", "strides": 2, "output_padding": 0}, 5),
        ({"padding": "same", "strides": 2, "output_padding": 1}, 6),
    ],
)
def test_sizes(kwargs, size):
    layer = Conv2DTranspose(2, 3, **kwargs)
    assert layer(tf.ones((1, 3, 3, 4))).shape == (1, size, size, 2)
    assert layer.compute_output_shape((None, 3, None, 4)).as_list() == [None, size, None, 2]
    run = tf.function(layer, input_signature=[tf.TensorSpec((None, None, None, 4))])
    assert run(tf.ones((1, 3, 3, 4))).shape == (1, size, size, 2)


@pytest.mark.parametrize(
    "run, message",
    [
        (
            lambda: Conv2DTranspose(2, 3, strides=2, output_padding=2),
            "output_padding=.*smaller than the strides",
        ),
        (
            lambda: Conv2DTranspose(2, 4, strides=2, padding="same", output_padding=0),
            "does not match strides",
        ),
        (
            lambda: Conv2DTranspose(2, 3, output_padding=(1, 2, 3)),
            "output_padding to be an integer or a tuple of 2",
        ),
        (lambda: Conv2DTranspose(2, 3, groups=2), "groups=2 is not possible"),
        (lambda: Conv1DTranspose(2, 3, padding="causal"), "'valid', 'same', got 'causal'"),
        (lambda: Conv2DTranspose(2, 3)(tf.ones((1, 4, 4))), "expected 4 dimensions, got 3"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()


def test_three_axes_are_not_dilated_as_in_keras():
    x = np.random.default_rng(0).normal(size=(1, 3, 4, 3, 2)).astype("float32")
    theirs = tf_keras.layers.Conv3DTranspose(2, 2, dilation_rate=2)
    expected = theirs(x)
    with pytest.warns(UserWarning, match="no effect"):
        ours = Conv3DTranspose(2, 2, dilation_rate=2)
    assert ours.compute_output_shape(x.shape) == expected.shape
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), expected, rtol=1e-4, atol=1e-6)
