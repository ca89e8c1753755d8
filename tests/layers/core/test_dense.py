"""Dense: values by hand, other kinds of tensors, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Dense
from tfk.layers.core.dense import affine_last_axis


def set_up(**kwargs):
    layer = Dense(2, **kwargs)
    layer.build((None, 3))
    layer.set_weights([np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.0]]), np.array([0.5, -0.5])])
    return layer


def test_values_by_hand():
    outputs = set_up(activation="relu")(tf.constant([[1.0, 2.0, 3.0], [2.0, 0.0, 1.0]]))
    np.testing.assert_allclose(outputs, [[0.0, 3.5], [1.5, 3.5]])


@pytest.mark.parametrize(
    "shape", [(None, 4), (None, None, 4), (2, None, 4), (None, 3, 4), (None, None, None, 4)]
)
def test_product_along_the_last_axis(shape):
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(4, 5)).astype("float32")
    values = rng.normal(size=[size or 2 for size in shape]).astype("float32")
    run = tf.function(
        affine_last_axis, input_signature=[tf.TensorSpec(shape), tf.TensorSpec((4, 5))]
    )
    np.testing.assert_allclose(run(values, kernel), values @ kernel, atol=1e-5)
    assert run.get_concrete_function().output_shapes.as_list() == [*shape[:-1], 5]


def test_integers_become_floats():
    assert set_up()(tf.constant([[1, 2, 3]])).dtype == tf.float32


def test_sparse_input():
    dense = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]], "float32")
    layer = set_up()
    np.testing.assert_allclose(layer(tf.sparse.from_dense(dense)), layer(dense))


def test_ragged_input_with_uniform_last_axis():
    layer = set_up()
    rows = [[[1.0, 2.0, 3.0]], [[0.0, 1.0, 0.0], [1.0, 1.0, 1.0]]]
    ragged = tf.ragged.constant(rows, inner_shape=(3,))
    outputs = layer(ragged)
    assert isinstance(outputs, tf.RaggedTensor)
    for row, output in zip(rows, outputs):
        np.testing.assert_allclose(output, layer(tf.constant(row)))


def test_ragged_values_whose_rows_are_equally_long():
    layer = set_up()
    ragged = tf.RaggedTensor.from_uniform_row_length(tf.range(12.0), 3)
    nested = tf.RaggedTensor.from_row_splits(ragged, [0, 1, 4])
    np.testing.assert_allclose(layer(ragged), layer(tf.reshape(tf.range(12.0), (4, 3))))
    np.testing.assert_allclose(layer(nested).flat_values, layer(tf.reshape(tf.range(12.0), (4, 3))))


def test_penalties_are_added_to_the_losses():
    layer = set_up(
        kernel_regularizer=tfk.regularizers.L2(0.1), activity_regularizer=tfk.regularizers.L1(0.5)
    )
    layer(tf.constant([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    # 0.1 * (1 + 4 + 1 + 1); 0.5 * 2 * (1.5 + 1.5) / batch of 2
    np.testing.assert_allclose(sorted(float(loss) for loss in layer.losses), [0.7, 1.5], rtol=1e-6)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: Dense(0), "units to be a positive integer, got 0"),
        (lambda: Dense("many"), "units to be a positive integer"),
        (lambda: Dense(3, activation="rellu"), "rellu"),
        (lambda: Dense(3, unit=2), "unknown argument"),
        (lambda: Dense(3, name="d")(tf.ones((4,))), r'Dense "d".*at least 2 dimensions, got 1'),
        (lambda: Dense(3, name="d")(tfk.Input((None,))), r'Dense "d".*axis -1'),
        (lambda: set_up()(tf.ones((4, 5))), "axis -1 to have size 3, got 5"),
        (lambda: Dense(3, dtype="int32")(tf.ones((4, 5))), "floating-point dtype, got int32"),
        (lambda: set_up()(tf.ragged.constant([[1.0], [2.0, 3.0]])), "last axis"),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()


@pytest.mark.parametrize("shape", [(4, 3), (2, 4, 3), (2, 1, 4, 3)])
def test_inputs_of_unknown_rank(shape):
    layer, x = set_up(), np.random.default_rng(0).normal(size=shape).astype("float32")
    run = tf.function(layer, input_signature=[tf.TensorSpec(None)])
    np.testing.assert_allclose(run(x), layer(x), rtol=1e-5)
