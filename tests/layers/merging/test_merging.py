"""Merging layers: values by hand, broadcasting, masks, functional forms, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.layers.merging.dot import contraction

A, B = tf.constant([[1.0, -2.0]]), tf.constant([[3.0, 4.0]])


@pytest.mark.parametrize(
    "name, expected",
    [
        ("add", [[4, 2]]),
        ("subtract", [[-2, -6]]),
        ("multiply", [[3, -8]]),
        ("average", [[2, 1]]),
        ("maximum", [[3, 4]]),
        ("minimum", [[1, -2]]),
        ("concatenate", [[1, -2, 3, 4]]),
    ],
)
def test_values_by_hand(name, expected):
    np.testing.assert_array_equal(getattr(layers, name)([A, B]), expected)
    np.testing.assert_array_equal(getattr(layers, name.capitalize())()([A, B]), expected)


def test_one_and_many_inputs():
    np.testing.assert_array_equal(layers.Add()([A]), A)
    np.testing.assert_array_equal(layers.Average()([A, B, A, B]), [[2, 1]])


def test_integers():
    ints = [tf.constant([[1, 2]]), tf.constant([[4, 5]])]
    assert layers.Add()(ints).dtype == tf.int32
    mean = layers.Average()(ints)
    assert mean.dtype == tf.float32
    np.testing.assert_array_equal(mean, [[2.5, 3.5]])
    inputs = [tfk.Input((2,), dtype="int32"), tfk.Input((2,), dtype="int32")]
    assert layers.Add()(inputs).dtype == tf.int32 and layers.Average()(inputs).dtype == tf.float32


def test_lower_ranks_are_aligned_behind_the_batch():
    sequence, vector = tf.ones((2, 3, 4)), tf.constant([[1.0] * 4, [2.0] * 4])
    outputs = layers.Add()([sequence, vector])
    np.testing.assert_array_equal(outputs[:, 0, 0], [2.0, 3.0])
    assert layers.Multiply().compute_output_shape(
        [(None, 3, 4), (2, 4), (None, 1, 1)]
    ).as_list() == [2, 3, 4]


@pytest.mark.parametrize(
    "axes, ranks, equation",
    [
        ((1, 1), (2, 2), "bz,bz->b"),
        ((2, 1), (3, 3), "bcz,bze->bce"),
        ((1, 3), (3, 4), "bzd,befz->bdef"),
    ],
)
def test_contraction(axes, ranks, equation):
    made = contraction(ranks, axes)
    first, second = (tf.random.normal([2] + [3] * (rank - 1)) for rank in ranks)
    np.testing.assert_allclose(
        tf.einsum(made, first, second), tf.einsum(equation, first, second), atol=1e-6
    )


def test_dot_and_cosine():
    np.testing.assert_allclose(layers.dot([A, B], axes=1), [[-5.0]])
    np.testing.assert_allclose(layers.dot([A, A], axes=-1, normalize=True), [[1.0]], rtol=1e-6)
    assert layers.Dot((2, 1)).compute_output_shape([(None, 5, 3), (None, 3, 7)]).as_list() == [
        None,
        5,
        7,
    ]


def test_masks_are_joined():
    first, second = tf.ones((1, 3, 2)), tf.ones((1, 3, 2))
    masks = [tf.constant([[True, True, False]]), tf.constant([[True, False, True]])]
    both = layers.Add().compute_mask([first, second], masks)
    np.testing.assert_array_equal(both, [[True, False, False]])
    np.testing.assert_array_equal(
        layers.Add().compute_mask([first, second], [masks[0], None]), masks[0]
    )
    assert layers.Add().compute_mask([first, second], [None, None]) is None
    features = layers.Concatenate().compute_mask([first, second], [masks[0], None])
    np.testing.assert_array_equal(features, masks[0])
    time = layers.Concatenate(axis=1).compute_mask([first, second], [masks[0], None])
    np.testing.assert_array_equal(time, [[True, True, False, True, True, True]])


def test_concatenate_merges_what_is_known():
    layer = layers.Concatenate(axis=1)
    assert layer.compute_output_shape([(None, 3, None), (4, 2, 5)]).as_list() == [4, 5, 5]
    assert layer.compute_output_shape([(None, None, 5), (4, 2, 5)]).as_list() == [4, None, 5]


def test_in_a_model():
    inputs = [tfk.Input((2,)), tfk.Input((2,))]
    model = tfk.Model(
        inputs, layers.concatenate([layers.add(inputs), layers.subtract(inputs)], axis=1)
    )
    np.testing.assert_array_equal(model([A, B]), [[4, 2, -2, -6]])


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: layers.Add()(A), "must be called on a list of tensors, got one tensor of shape"),
        (
            lambda: layers.Add(name="a")([A, tf.ones((1, 3))]),
            r'Add "a": the shapes of the inputs do not broadcast',
        ),
        (lambda: layers.Add()([tf.ones((2, 3)), tf.ones((3, 3))]), "different batch sizes"),
        (lambda: layers.Subtract()([A, B, A]), "a list of 2 tensors, got 3"),
        (lambda: layers.Dot(1)([A]), "a list of 2 tensors, got 1"),
        (lambda: layers.Dot("x"), "axes to be an integer or two of them, got 'x'"),
        (lambda: layers.Dot((1, 2, 3)), "axes to hold two integers"),
        (
            lambda: layers.Dot(1)([A, tf.ones((1, 3))]),
            r"same size, got 2 \(axis 1 of \(1, 2\)\) and 3",
        ),
        (lambda: layers.Dot(3)([A, B]), r"expected axis in \[-2, 2\)"),
        (lambda: layers.Concatenate()(A), "must be called on a list"),
        (lambda: layers.Concatenate()([A, tf.ones((2, 2))]), "same shape except along axis -1"),
        (lambda: layers.Concatenate()([A, tf.ones((1, 2, 2))]), "same shape except along axis -1"),
        (lambda: layers.Concatenate(axis=2)([A, B]), r"expected axis in \[-2, 2\)"),
        (lambda: layers.Add().compute_mask([A, B], [None]), "one or None for each of 2 inputs"),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()


def test_sparse_tensors_are_concatenated():
    a = tf.sparse.from_dense([[1.0], [0.0]])
    b = tf.sparse.from_dense([[0.0, 2.0], [3.0, 0.0]])
    joined = layers.Concatenate(axis=1)([a, b])
    np.testing.assert_array_equal(tf.sparse.to_dense(joined), [[1, 0, 2], [0, 3, 0]])
    symbols = [tfk.Input((size,), batch_size=2, sparse=True) for size in (1, 2)]
    assert tuple(layers.Concatenate(axis=1)(symbols).shape) == (2, 3)


def test_lists_of_numbers_are_several_inputs():
    np.testing.assert_array_equal(layers.Add()([[1.0, 2.0], [3.0, 4.0]]), [4.0, 6.0])
    crossed = layers.HashedCrossing(5)(([1], [2]))
    np.testing.assert_array_equal(
        crossed, layers.HashedCrossing(5)((tf.constant([1]), tf.constant([2])))
    )
