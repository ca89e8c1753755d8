"""Ragged targets and outputs: each row as if it stood alone."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import losses

ROWS = [[1.0, 2.0, 3.0], [4.0], [5.0, 6.0]]
OUTPUTS = [[1.5, 2.0, 0.0], [1.0], [5.0, 9.0]]
ROW_ERRORS = [np.mean((np.subtract(t, p)) ** 2) for t, p in zip(ROWS, OUTPUTS)]


def test_a_ragged_last_axis_is_reduced_row_by_row():
    true, pred = tf.ragged.constant(ROWS), tf.ragged.constant(OUTPUTS)
    np.testing.assert_allclose(losses.mean_squared_error(true, pred), ROW_ERRORS, rtol=1e-6)
    np.testing.assert_allclose(
        losses.MeanSquaredError()(true, pred), np.mean(ROW_ERRORS), rtol=1e-6
    )
    weighted = losses.MeanSquaredError(reduction="sum")(true, pred, sample_weight=[1.0, 0.0, 2.0])
    np.testing.assert_allclose(weighted, np.dot(ROW_ERRORS, [1, 0, 2]), rtol=1e-6)


def test_ragged_sequences_of_vectors():
    true = tf.RaggedTensor.from_row_lengths(np.arange(12.0).reshape(6, 2), [3, 1, 2])
    pred = true.with_values(tf.ones((6, 2), tf.float64))
    values = losses.mean_absolute_error(true, pred)
    assert isinstance(values, tf.RaggedTensor) and values.row_lengths().numpy().tolist() == [
        3,
        1,
        2,
    ]
    np.testing.assert_allclose(
        values.flat_values, np.abs(np.arange(12.0).reshape(6, 2) - 1).mean(-1)
    )
    total = losses.MeanAbsoluteError()(true, pred, sample_weight=[1.0, 0.0, 1.0])
    np.testing.assert_allclose(total, (values[0].numpy().sum() + values[2].numpy().sum()) / 6)


@pytest.mark.parametrize("inner_ragged", [True, False])
def test_class_ids_of_ragged_sequences(inner_ragged):
    scores = np.random.default_rng(0).uniform(0.1, 1, size=(4, 3)).astype("float32")
    scores /= scores.sum(-1, keepdims=True)
    ids = [0, 2, 1, 1]
    inner = tf.RaggedTensor.from_tensor(scores) if inner_ragged else tf.constant(scores)
    pred = tf.RaggedTensor.from_row_lengths(inner, [1, 3])
    true = tf.RaggedTensor.from_row_lengths(ids, [1, 3])
    values = losses.sparse_categorical_crossentropy(true, pred)
    np.testing.assert_allclose(values.flat_values, -np.log(scores[range(4), ids]), rtol=1e-5)


def test_ragged_axes_inside_ragged_axes():
    rows = tf.ragged.constant([[[1.0, 2.0], [3.0]], [[4.0, 4.0, 4.0]]])
    values = losses.mean_squared_error(rows, rows * 0.0)
    assert values.to_list() == [[2.5, 9.0], [16.0]]


def test_in_a_graph():
    spec = tf.RaggedTensorSpec([None, None], tf.float32)
    value = tf.function(losses.MeanSquaredError(), input_signature=[spec, spec], autograph=False)
    np.testing.assert_allclose(
        value(tf.ragged.constant(ROWS), tf.ragged.constant(OUTPUTS)), np.mean(ROW_ERRORS), rtol=1e-6
    )


def test_dense_targets_of_ragged_outputs_are_compared_with_padding():
    pred = tf.ragged.constant([[1.0, 2.0], [3.0]])
    np.testing.assert_allclose(
        losses.mean_squared_error([[1.0, 2.0], [3.0, 0.0]], pred), [0.0, 0.0]
    )


def test_errors():
    true = tf.ragged.constant(ROWS)
    with pytest.raises(TypeError, match="y_true is ragged but y_pred is a dense tensor of shape"):
        losses.mean_squared_error(true, tf.zeros((3, 3)))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="rows of y_true and y_pred differ in length"
    ):
        losses.mean_squared_error(true, tf.ragged.constant([[1.0], [2.0], [3.0]]))
