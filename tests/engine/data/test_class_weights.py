"""Class weights become sample weights."""

import numpy as np
import tensorflow as tf

from tests.support.sources import batches
from tfk.engine.data.adapter import make_source
from tfk.engine.data.class_weights import weights_of

X = np.arange(24, dtype="float64").reshape(12, 2)


Y = np.arange(12)


def test_class_weights_for_ids_and_one_hot_of_any_rank():
    table = {0: 1.0, 1: 3.0}
    np.testing.assert_array_equal(weights_of(tf.constant([0, 1, 1]), table), [1, 3, 3])
    np.testing.assert_array_equal(weights_of(tf.constant([[0.0], [1.0]]), table), [1, 3])
    np.testing.assert_array_equal(weights_of(tf.constant([[0.0, 1.0], [1.0, 0.0]]), table), [3, 1])
    steps = tf.constant([[[0], [1]], [[1], [1]]])  # (batch, time, 1)
    np.testing.assert_array_equal(weights_of(steps, table), [[1, 3], [3, 3]])
    np.testing.assert_array_equal(
        weights_of(steps, table, tf.constant([1.0, 0.5])), [[1, 3], [1.5, 1.5]]
    )
    steps = tf.constant([[0, 1], [1, 1]])  # (batch, time): one-hot unless the loss says otherwise
    np.testing.assert_array_equal(weights_of(steps, table), [3, 1])
    data = make_source(X[:2], steps, class_weight=table, losses="sparse_categorical_crossentropy")
    ((_, _, weights),) = batches(data)
    np.testing.assert_array_equal(weights, [[1, 3], [3, 3]])


def test_class_weights_by_output():
    data = make_source(
        X, {"a": Y % 2, "b": X}, class_weight={"a": {0: 1.0, 1: 2.0}}, output_names=["a", "b"]
    )
    ((_, _, weights),) = batches(data)
    np.testing.assert_array_equal(weights["a"], 1.0 + Y % 2)
    assert weights["b"] is None
