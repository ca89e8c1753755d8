"""Pooling: values by hand, padding, masks, dtypes, error messages."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import layers
from tfk.layers.pooling.pool import pool_volumes

IMAGE = tf.reshape(tf.range(9.0), (1, 3, 3, 1))


def test_max_by_hand():
    np.testing.assert_array_equal(
        layers.MaxPooling2D(2, strides=1)(IMAGE)[0, :, :, 0], [[4, 5], [7, 8]]
    )
    np.testing.assert_array_equal(
        layers.MaxPooling2D(2, padding="same")(IMAGE)[0, :, :, 0], [[4, 5], [7, 8]]
    )


def test_padding_does_not_count_in_means():
    outputs = layers.AveragePooling2D(2, padding="same")(IMAGE)[0, :, :, 0]
    np.testing.assert_array_equal(outputs, [[2.0, 3.5], [6.5, 8.0]])


def test_integers_are_pooled_as_integers():
    outputs = layers.MaxPooling1D(2)(tf.constant([[[1], [5], [3], [2]]]))
    assert outputs.dtype == tf.float32 or outputs.dtype == tf.int32
    np.testing.assert_array_equal(outputs[0, :, 0], [5, 3])


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("padding", ["VALID", "SAME"])
def test_volumes_in_dtypes_without_kernel(kind, padding):
    volume, image = getattr(tf.nn, f"{kind}_pool3d"), getattr(tf.nn, f"{kind}_pool2d")
    x = tf.random.normal((2, 5, 6, 7, 3))
    expected = volume(x, (2, 3, 2), (2, 1, 3), padding)
    for dtype, tolerance in ((tf.float64, 1e-6), (tf.float16, 5e-3)):
        outputs = pool_volumes(volume, image, tf.cast(x, dtype), (2, 3, 2), (2, 1, 3), padding)
        assert outputs.dtype == dtype
        np.testing.assert_allclose(outputs, expected, atol=tolerance)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_global_average_of_masked_steps(keepdims, data_format):
    x = np.array(
        [[[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]], [[5.0, 5.0], [6.0, 6.0], [7.0, 7.0]]], "float32"
    )
    mask = tf.constant([[True, True, False], [False, False, False]])
    expected = np.array([[2.0, 3.0], [0.0, 0.0]])  # nothing counts in the second sample
    layer = layers.GlobalAveragePooling1D(data_format, keepdims=keepdims)
    if data_format == "channels_first":
        outputs = layer(tf.constant(x.transpose(0, 2, 1)), mask=mask)
        expected = expected[:, :, np.newaxis] if keepdims else expected
    else:
        outputs = layer(tf.constant(x), mask=mask)
        expected = expected[:, np.newaxis] if keepdims else expected
    np.testing.assert_allclose(outputs, expected)


def test_gradient_of_a_maximum_is_shared_by_equals():
    x = tf.constant([[[2.0], [2.0], [1.0]]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layers.GlobalMaxPooling1D()(x)
    np.testing.assert_array_equal(tape.gradient(y, x)[0, :, 0], [0.5, 0.5, 0.0])


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: layers.MaxPooling2D(0), "pool_size to be an integer or a tuple of 2"),
        (
            lambda: layers.MaxPooling2D(2, strides=(1, 2, 3)),
            "strides to be an integer or a tuple of 2",
        ),
        (lambda: layers.MaxPooling2D(2, padding="causal"), "padding to be one of 'valid', 'same'"),
        (lambda: layers.MaxPooling2D(data_format="first"), "data_format to be one of"),
        (lambda: layers.MaxPooling2D()(tf.ones((2, 3, 4))), "expected 4 dimensions, got 3"),
        (
            lambda: layers.AveragePooling2D(5, name="p")(IMAGE),
            r'AveragePooling2D "p".*is too small',
        ),
        (lambda: layers.GlobalMaxPooling1D()(tf.ones((2, 0, 4))), "nothing to pool"),
        (lambda: layers.GlobalAveragePooling3D()(IMAGE), "expected 5 dimensions, got 4"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
