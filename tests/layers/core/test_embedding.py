"""Embedding: lookup, sparse gradients, masks, sparse and ragged ids, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Embedding


@pytest.fixture
def table():
    return np.arange(12.0).reshape(4, 3).astype("float32")


def make(table, **kwargs):
    return Embedding(4, 3, weights=[table], **kwargs)


def test_rows_are_looked_up(table):
    np.testing.assert_array_equal(
        make(table)(tf.constant([[3, 0], [1, 1]])), table[[[3, 0], [1, 1]]]
    )
    np.testing.assert_array_equal(make(table)(tf.constant([[3.0, 0.9]])), table[[[3, 0]]])


def test_gradient_names_the_rows_it_touches(table):
    layer = make(table)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(tf.constant([[2, 2, 0]])))
    gradient = tape.gradient(total, layer.embeddings)
    assert isinstance(gradient, tf.IndexedSlices)
    assert sorted(gradient.indices.numpy().tolist()) == [0, 2, 2]
    np.testing.assert_array_equal(tf.convert_to_tensor(gradient)[:, 0], [1, 0, 2, 0])


def test_zero_is_masked(table):
    outputs = make(table, mask_zero=True)(tf.constant([[1, 0], [0, 2]]))
    np.testing.assert_array_equal(outputs._keras_mask, [[True, False], [False, True]])
    assert getattr(make(table)(tf.constant([[1]])), "_keras_mask", None) is None


def test_ragged_ids(table):
    outputs = make(table)(tf.ragged.constant([[1], [2, 3]]))
    assert outputs.to_list() == [[table[1].tolist()], [table[2].tolist(), table[3].tolist()]]


def test_sparse_ids(table):
    ids = tf.sparse.from_dense([[1, 0], [0, 3]])
    np.testing.assert_array_equal(make(table)(ids), table[[[1, 0], [0, 3]]])
    outputs = make(table, sparse=True)(ids)
    assert isinstance(outputs, tf.SparseTensor)
    expected = np.zeros((2, 2, 3))
    expected[0, 0], expected[1, 1] = table[1], table[3]
    np.testing.assert_array_equal(tf.sparse.to_dense(outputs), expected)


def test_sparse_output_of_dense_ids(table):
    np.testing.assert_array_equal(
        tf.sparse.to_dense(make(table, sparse=True)(tf.constant([[1, 3]]))), table[[[1, 3]]]
    )


def test_half_precision_reads_the_table_in_full(table):
    layer = Embedding(5000, 2, dtype="mixed_float16")
    outputs = layer(tf.constant([[4097.0]]))  # an id that float16 cannot hold
    assert outputs.dtype == tf.float16 and layer.embeddings.dtype == tf.float32
    np.testing.assert_allclose(outputs[0, 0], layer.embeddings[4097], atol=1e-3)


def test_input_length(table):
    layer = make(table, input_length=5)
    assert layer.compute_output_shape((None, None)).as_list() == [None, 5, 3]
    assert tfk.Sequential([Embedding(4, 3, input_length=5)]).output_shape == (None, 5, 3)
    assert tfk.Sequential([Embedding(4, 3)]).output_shape == (None, None, 3)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: Embedding(0, 3), "input_dim to be a positive integer, got 0"),
        (lambda: Embedding(3, -1), "output_dim to be a positive integer, got -1"),
        (lambda: Embedding(3, 2, mask_zero=True, sparse=True), "mask_zero needs a dense output"),
        (
            lambda: Embedding(3, 2, input_length=4).compute_output_shape((None, 5)),
            "input_length=4 does not match",
        ),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
