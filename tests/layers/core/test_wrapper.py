"""Wrapper and Masking."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import Dense, Masking, Wrapper, deserialize, serialize
from tfk.saving import custom_object_scope


class Twice(Wrapper):
    def call(self, inputs):
        return self.layer(self.layer(inputs))


def test_wrapper_owns_the_weights_of_its_layer():
    layer = Twice(Dense(3))
    layer(tf.ones((2, 3)))
    assert len(layer.trainable_weights) == 2 and layer.built and layer.layer.built
    with custom_object_scope({"Twice": Twice}):
        copy = deserialize(serialize(layer))
    assert isinstance(copy, Twice) and copy.layer.units == 3


def test_wrapper_needs_a_layer():
    with pytest.raises(ValueError, match='Twice "twice".*expected a layer to wrap, got 3'):
        Twice(3)


def test_masking_by_hand():
    values = tf.constant([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, -2.0]]])
    outputs = Masking()(values)
    np.testing.assert_array_equal(outputs, values)
    np.testing.assert_array_equal(outputs._keras_mask, [[True, False], [False, True]])
    outputs = Masking(mask_value=1.0)(tf.constant([[[1.0, 1.0], [1.0, 2.0]]]))
    np.testing.assert_array_equal(outputs, [[[0.0, 0.0], [1.0, 2.0]]])
