"""Layers that rearrange, repeat, add and leave out elements."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers

IMAGE = tf.reshape(tf.range(6.0), (1, 2, 3, 1))


def test_flatten_by_hand():
    x = tf.reshape(tf.range(12), (2, 2, 3))
    np.testing.assert_array_equal(layers.Flatten()(x), [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]])
    first = layers.Flatten("channels_first")(x)
    np.testing.assert_array_equal(first, [[0, 3, 1, 4, 2, 5], [6, 9, 7, 10, 8, 11]])
    assert layers.Flatten()(tf.constant([1, 2])).shape == (2, 1)
    assert layers.Flatten()(tf.ones((2, 0, 3))).shape == (2, 0)


@pytest.mark.parametrize("shape", [(None, None, 3), (None, 2, 3), (2, None, 3), (None, None, None)])
def test_flatten_of_unknown_sizes(shape):
    run = tf.function(layers.Flatten(), input_signature=[tf.TensorSpec(shape)])
    assert run(tf.ones((2, 2, 3))).shape == (2, 6)


def test_strings_keep_their_dtype():
    words = tf.constant([["a", "b"], ["c", "d"]])
    assert layers.Flatten()(words).dtype == tf.string
    inputs = tfk.Input((2,), dtype=tf.string)
    assert layers.Reshape((1, 2))(inputs).dtype == tf.string


def test_reshape_of_unknown_sizes():
    layer = layers.Reshape((-1, 2))
    run = tf.function(layer, input_signature=[tf.TensorSpec((None, None))])
    assert run(tf.ones((3, 8))).shape == (3, 4, 2)
    assert layer.compute_output_shape((None, 8)).as_list() == [None, 4, 2]
    assert layers.Reshape(6).target_shape == (6,)


def test_permute_and_repeat_by_hand():
    np.testing.assert_array_equal(
        layers.Permute((2, 1))(tf.constant([[[1, 2], [3, 4]]])), [[[1, 3], [2, 4]]]
    )
    np.testing.assert_array_equal(layers.RepeatVector(2)(tf.constant([[1, 2]])), [[[1, 2], [1, 2]]])


def test_cropping_and_padding_by_hand():
    np.testing.assert_array_equal(
        layers.Cropping2D(((0, 1), (1, 0)))(IMAGE)[0, :, :, 0], [[1.0, 2.0]]
    )
    padded = layers.ZeroPadding2D(((1, 0), (0, 1)))(IMAGE)[0, :, :, 0]
    np.testing.assert_array_equal(padded, [[0, 0, 0, 0], [0, 1, 2, 0], [3, 4, 5, 0]])
    np.testing.assert_array_equal(
        layers.ZeroPadding1D((0, 2))(tf.ones((1, 1, 1)))[0, :, 0], [1, 0, 0]
    )


@pytest.mark.parametrize("value", [2, (2, 2), ((2, 2), (2, 2))])
def test_spellings_of_margins(value):
    assert layers.ZeroPadding2D(value).padding == ((2, 2), (2, 2))
    assert layers.Cropping1D(2).cropping == (2, 2)


def test_upsampling_by_hand():
    np.testing.assert_array_equal(
        layers.UpSampling2D((2, 1))(IMAGE)[0, :, :, 0], [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]]
    )
    between = layers.UpSampling2D((1, 2), interpolation="bilinear")(IMAGE)[0, 0, :, 0]
    np.testing.assert_allclose(between, [0.0, 0.25, 0.75, 1.25, 1.75, 2.0])


@pytest.mark.parametrize("dtype", [tf.int32, tf.bool, tf.float16, tf.float64])
def test_upsampling_of_any_dtype(dtype):
    x = tf.cast(tf.random.uniform((2, 3, 2, 4, 5), maxval=2, dtype=tf.int32), dtype)
    outputs = layers.UpSampling3D((1, 2, 3), dtype=dtype if dtype.is_floating else None)(x)
    assert outputs.dtype == dtype
    np.testing.assert_array_equal(outputs, np.repeat(np.repeat(x.numpy(), 2, axis=2), 3, axis=3))


def test_area_can_be_trained_through():
    x = tf.ones((1, 2, 2, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layers.UpSampling2D(3, interpolation="area")(x)
    np.testing.assert_array_equal(tape.gradient(y, x), 9 * x)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: layers.Reshape((2, -1, -1)), "at most one of them -1"),
        (lambda: layers.Reshape((2, "x")), "target_shape to hold integers"),
        (
            lambda: layers.Reshape((4, 2), name="r")(tf.ones((1, 6))),
            r'Reshape "r": 6 elements.*\(4, 2\)',
        ),
        (lambda: layers.Reshape((4, -1))(tf.ones((1, 6))), "6 elements"),
        (lambda: layers.Permute((0, 1)), "permutation of 1 to n"),
        (lambda: layers.Permute((2, 1))(tf.ones((1, 2, 3, 4))), "expected 3 dimensions, got 4"),
        (lambda: layers.RepeatVector(-1), "n to be at least 0, got -1"),
        (lambda: layers.RepeatVector(2)(tf.ones((1, 2, 3))), "expected 2 dimensions, got 3"),
        (
            lambda: layers.Cropping2D((1, 2, 3)),
            r"cropping to be an integer or 2 of them or 2 pairs",
        ),
        (lambda: layers.Cropping2D(((1, -2), (3, 4))), "cropping to be at least 0, got -2"),
        (lambda: layers.Cropping1D(3)(tf.ones((1, 6, 2))), "is too small"),
        (
            lambda: layers.ZeroPadding3D(((1, 2), (3, 4))),
            "padding to be an integer or 3 of them or 3 pairs",
        ),
        (lambda: layers.UpSampling2D(0), "size to be an integer or a tuple of 2"),
        (lambda: layers.UpSampling2D(2, interpolation="cubic"), "interpolation to be one of"),
        (lambda: layers.UpSampling3D()(IMAGE), "expected 5 dimensions, got 4"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
