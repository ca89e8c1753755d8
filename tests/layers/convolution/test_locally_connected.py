"""Locally connected layers: the three implementations agree, error messages."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import LocallyConnected1D, LocallyConnected2D
from tfk.layers.convolution.locally_connected import connections, sparse_pairs


def test_values_by_hand():
    layer = LocallyConnected1D(1, 2, use_bias=False)
    layer.build((None, 3, 1))
    layer.set_weights([np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(2, 2, 1)])
    outputs = layer(tf.reshape([1.0, 10.0, 100.0], (1, 3, 1)))
    np.testing.assert_allclose(outputs[0, :, 0], [21.0, 430.0])


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_implementations_agree(data_format):
    """One kernel in the three shapes it has: by position, dense, and the entries of the dense
    one.
    """
    first = data_format == "channels_first"
    shape = (2, 3, 5, 6) if first else (2, 5, 6, 3)
    x = tf.random.normal(shape)
    make = lambda number: LocallyConnected2D(  # noqa: E731
        2, (3, 2), strides=(2, 1), data_format=data_format, implementation=number, use_bias=False
    )
    sparse = make(3)
    outputs = sparse(x)
    dense = np.zeros(sparse._matrix_shape)
    dense[tuple(sparse._pairs.T)] = sparse.kernel.numpy()
    sizes = ((3, 5, 6), (2, 2, 5)) if first else ((5, 6, 3), (2, 5, 2))
    full = make(2)
    full.build(shape)
    full.set_weights([dense.T.reshape(*sizes[0], *sizes[1])])
    np.testing.assert_allclose(full(x), outputs, atol=1e-5)
    by_position = make(1)
    by_position.build(shape)
    values = dense.T.reshape(*sizes[0], *sizes[1])
    if first:
        values = values.transpose(1, 2, 0, 4, 5, 3)
    windows = [
        values[2 * row : 2 * row + 3, column : column + 2, :, row, column, :]
        for row in range(2)
        for column in range(5)
    ]
    windows = [w.transpose(2, 0, 1, 3) if first else w for w in windows]
    by_position.set_weights([np.stack([w.reshape(-1, 2) for w in windows])])
    np.testing.assert_allclose(by_position(x), outputs, atol=1e-5)


def test_connections_of_same_padding():
    seen = connections((4,), (2,), (3,), (2,), "same")
    np.testing.assert_array_equal(seen.T, [[True, True, False, False], [False, True, True, True]])
    pairs = sparse_pairs(seen, 1, 1, 2, channels_first=False)
    assert pairs.tolist() == [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
        [2, 1],
        [2, 2],
        [2, 3],
        [3, 1],
        [3, 2],
        [3, 3],
    ]


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: LocallyConnected1D(2, 3, padding="same"), "needs implementation=2 or 3"),
        (
            lambda: LocallyConnected1D(2, 3, implementation=4),
            "implementation to be one of 1, 2, 3, got 4",
        ),
        (lambda: LocallyConnected2D(2, 3)(tfk.Input((None, 5, 3))), "axis 1"),
        (lambda: LocallyConnected2D(2, 3)(tf.ones((1, 2, 5, 3))), "is too small"),
        (lambda: LocallyConnected2D(0, 3), "filters to be a positive integer"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
