import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import compare, twin
from tfk import layers

RNG = np.random.default_rng(0)
SPATIAL = (5, 4, 4)


def data(rank, channels_first=False):
    spatial = SPATIAL[:rank]
    shape = (2, 3, 2, *spatial) if channels_first else (2, 3, *spatial, 2)
    return RNG.normal(size=shape).astype("float32")


@pytest.mark.parametrize(
    "rank, settings",
    [
        (1, {"return_sequences": True, "return_state": True}),
        (1, {"strides": 2, "padding": "same", "go_backwards": True}),
        (1, {"dilation_rate": 2, "use_bias": False, "recurrent_activation": "sigmoid"}),
        (2, {"return_sequences": True, "padding": "same"}),
        (2, {"return_state": True, "strides": (2, 1), "unit_forget_bias": False}),
        (2, {"dropout": 0.2, "recurrent_dropout": 0.2}),
        (3, {"padding": "same"}),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_equals_keras(rank, settings, masked):
    tf_keras = pytest.importorskip("tf_keras")
    x, name = data(rank), f"ConvLSTM{rank}D"
    ours, theirs = twin(
        getattr(layers, name)(3, 2, **settings), getattr(tf_keras.layers, name)(3, 2, **settings), x
    )
    mask = tf.constant([[True, False, True], [False, True, True]]) if masked else None
    compare(ours, theirs, x, mask=mask, modes=("graph",))
    shapes = ours.compute_output_shape((None, None, *x.shape[2:]))
    for shape, value in zip(tf.nest.flatten(shapes), tf.nest.flatten(ours(x))):
        assert shape.is_compatible_with(value.shape) and shape[0] is None


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_channels_first_is_a_transpose(rank):
    x = data(rank, channels_first=True)
    name = f"ConvLSTM{rank}D"
    first = getattr(layers, name)(3, 2, data_format="channels_first", return_state=True)
    last = getattr(layers, name)(3, 2, return_state=True)
    moved = np.moveaxis(x, 2, -1).copy()
    last(moved)
    first(x)
    first.set_weights(last.get_weights())
    for a, b in zip(first(x), last(moved)):
        np.testing.assert_allclose(np.moveaxis(a, 1, -1), b, atol=1e-5)
    assert [tuple(s) for s in first.compute_output_shape(x.shape)] == [
        tuple(y.shape) for y in first(x)
    ]


def test_config_and_weight_names_equal_keras():
    tf_keras = pytest.importorskip("tf_keras")
    tf_keras.backend.clear_session()
    ours, theirs = twin(
        layers.ConvLSTM2D(3, 2, name="c"), tf_keras.layers.ConvLSTM2D(3, 2, name="c"), data(2)
    )
    config = theirs.get_config()
    assert {
        k: tuple(v) if isinstance(v, (list, tuple)) else v for k, v in ours.get_config().items()
    } == {k: tuple(v) if isinstance(v, (list, tuple)) else v for k, v in config.items()}
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert layers.ConvLSTM2D.from_config(config).get_config() == ours.get_config()


def test_stateful_and_initial_state():
    x = data(2)
    layer = layers.ConvLSTM2D(3, 2, stateful=True, batch_input_shape=x.shape)
    first = layer(x)
    assert not np.allclose(first, layer(x))
    layer.reset_states()
    np.testing.assert_allclose(first, layer(x), atol=1e-6)
    free = layers.ConvLSTM2D(3, 2)
    free(x)
    free.set_weights(layer.get_weights())
    zeros = [tf.zeros((2, 4, 3, 3))] * 2
    np.testing.assert_allclose(free(x, initial_state=zeros), first, atol=1e-6)


def test_dropout_changes_with_training():
    layer = layers.ConvLSTM1D(3, 2, dropout=0.5, recurrent_dropout=0.5)
    x = data(1)
    assert not np.allclose(layer(x, training=True), layer(x))


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: layers.ConvLSTM2D(0, 3), ValueError, "expected filters to be a positive integer"),
        (
            lambda: layers.ConvLSTM2D(2, (3, 3, 3)),
            ValueError,
            "kernel_size to be an integer or a tuple of 2",
        ),
        (
            lambda: layers.ConvLSTM2D(2, 3, padding="causal"),
            ValueError,
            "padding to be one of 'valid', 'same'",
        ),
        (
            lambda: layers.ConvLSTM2D(2, 3, strides=2, dilation_rate=2),
            ValueError,
            "cannot both exceed 1",
        ),
        (lambda: layers.ConvLSTM2D(2, 3, unroll=True), TypeError, "unroll=True is not possible"),
        (
            lambda: layers.ConvLSTM2D(2, 3)(tf.ones((2, 3, 4, 4))),
            ValueError,
            "expected 5 dimensions, got 4",
        ),
        (lambda: layers.ConvLSTM2D(2, 9)(tf.ones((2, 3, 4, 4, 1))), ValueError, "is too small"),
        (
            lambda: layers.ConvLSTM2D(2, 3)(
                tf.ones((2, 3, 4, 4, 1)), initial_state=[tf.ones((2, 2))]
            ),
            ValueError,
            "expected 2 initial states",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()
