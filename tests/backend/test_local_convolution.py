"""local_conv1d and local_conv2d: the numbers of Keras 2 in both layouts."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
def test_values_equal_those_of_keras(layout):
    rng = np.random.default_rng(0)
    line, image = rng.normal(size=(2, 7, 3)), rng.normal(size=(2, 7, 6, 3))
    if layout == "channels_first":
        line, image = np.moveaxis(line, -1, 1), np.moveaxis(image, -1, 1)
    kernels = rng.normal(size=(3, 6, 4)), rng.normal(size=(6, 12, 4))
    for keras_args in (
        ("local_conv1d", line, kernels[0], (2,), (2,), layout),
        ("local_conv2d", image, kernels[1], (2, 2), (2, 2), (3, 2), layout),
    ):
        name, *args = keras_args
        args[:2] = map(tf.constant, args[:2])
        ours, theirs = (getattr(keras.backend, name)(*args) for keras in (tfk, tf_keras))
        np.testing.assert_allclose(ours, theirs)
