import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import compare, twin
from tfk import layers, models

X = np.random.default_rng(0).normal(size=(3, 5, 2)).astype("float32")
MASK = np.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], bool)


def keras_layers():
    return pytest.importorskip("tf_keras").layers


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul", None])
@pytest.mark.parametrize(
    "settings", [{}, {"return_sequences": True}, {"return_sequences": True, "return_state": True}]
)
def test_equals_keras(merge_mode, settings):
    def make(module):
        return module.Bidirectional(module.LSTM(3, **settings), merge_mode=merge_mode)

    ours, theirs = twin(make(layers), make(keras_layers()), X)
    compare(ours, theirs, X, mask=tf.constant(MASK), modes=("graph",))
    shapes = ours.compute_output_shape(X.shape)
    assert tf.nest.map_structure(tuple, shapes) == tf.nest.map_structure(
        lambda y: tuple(y.shape), ours(X)
    )


def test_a_backward_layer_of_another_kind():
    def make(module):
        backward = module.GRU(3, return_sequences=True, go_backwards=True)
        return module.Bidirectional(
            module.LSTM(3, return_sequences=True), backward_layer=backward, name="b"
        )

    ours, theirs = twin(make(layers), make(keras_layers()), X)
    compare(ours, theirs, X, modes=("eager",))
    again = layers.Bidirectional.from_config(theirs.get_config())
    assert type(again.backward_layer) is layers.GRU and again.backward_layer.go_backwards


def test_config_and_weight_names_equal_keras():
    keras_layers()
    import tf_keras

    tf_keras.backend.clear_session()

    def make(module):
        return module.Bidirectional(module.GRU(3, return_sequences=True), merge_mode="sum")

    ours, theirs = twin(make(layers), make(keras_layers()), X)
    assert ours.get_config() == theirs.get_config()
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert layers.Bidirectional.from_config(theirs.get_config()).get_config() == ours.get_config()


def test_initial_states_go_to_their_sides():
    layer = layers.Bidirectional(layers.LSTM(3, return_state=True))
    states = [tf.fill((3, 3), float(n)) for n in range(4)]
    outputs = layer(X, initial_state=states)
    forward = layer.forward_layer(X, initial_state=states[:2])
    backward = layer.backward_layer(X, initial_state=states[2:])
    np.testing.assert_array_equal(outputs[0], tf.concat([forward[0], backward[0]], -1))
    for got, expected in zip(outputs[1:], [*forward[1:], *backward[1:]]):
        np.testing.assert_array_equal(got, expected)


def test_symbolic_initial_states():
    inputs = layers.Input((5, 2))
    given = [layers.Input((3,)) for _ in range(4)]
    layer = layers.Bidirectional(layers.LSTM(3))
    model = models.Model([inputs, *given], layer(inputs, initial_state=given))
    states = [tf.fill((3, 3), float(n)) for n in range(4)]
    np.testing.assert_allclose(model([X, *states]), layer(X, initial_state=states), atol=1e-6)
    again = models.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([X, *states]), model([X, *states]), atol=1e-6)


def test_custom_cell_is_copied_without_registration():
    class Halve(layers.AbstractRNNCell):
        state_size = output_size = 2

        def call(self, inputs, states):
            h = (states[0] + inputs) / 2
            return h, [h]

    layer = layers.Bidirectional(layers.RNN(Halve()))
    assert layer(X).shape == (3, 4)


def test_stateful():
    layer = layers.Bidirectional(layers.GRU(3, stateful=True), batch_input_shape=(3, None, 2))
    first = layer(X)
    assert not np.allclose(first, layer(X))
    layer.reset_states()
    np.testing.assert_allclose(first, layer(X), atol=1e-6)
    layer.reset_states([np.ones((3, 3)), np.ones((3, 3))])
    assert not np.allclose(first, layer(X))


def test_masks_passed_on():
    layer = layers.Bidirectional(
        layers.GRU(3, return_sequences=True, return_state=True), merge_mode=None
    )
    mask = tf.constant(MASK)
    assert layer.compute_mask(X, mask)[:2] == [mask, mask] and layer.compute_mask(X, mask)[2:] == [
        None,
        None,
    ]
    assert layers.Bidirectional(layers.GRU(3)).compute_mask(X, mask) is None


def test_weights_and_trainable():
    layer = layers.Bidirectional(layers.SimpleRNN(3))
    layer(X)
    values = [np.full_like(w, n) for n, w in enumerate(layer.get_weights())]
    again = layers.Bidirectional(layers.SimpleRNN(3), weights=values)
    again(X)
    for got, given in zip(again.get_weights(), values):
        np.testing.assert_array_equal(got, given)
    assert len(layer.trainable_weights) == 6
    layer.trainable = False
    assert not layer.trainable_weights and len(layer.weights) == 6


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: layers.Bidirectional("lstm"), "expected layer to be a layer, got 'lstm'"),
        (
            lambda: layers.Bidirectional(layers.Dense(2)),
            "a recurrent layer, got Dense .*, which lacks go_backwards",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2), backward_layer=3),
            "expected backward_layer to be a layer",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2), merge_mode="max"),
            "expected merge_mode to be one of 'concat'",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2)),
            "opposite directions",
        ),
        (
            lambda: layers.Bidirectional(
                layers.GRU(2),
                backward_layer=layers.GRU(2, go_backwards=True, return_sequences=True),
            ),
            "return_sequences=False but backward_layer has return_sequences=True",
        ),
        (
            lambda: layers.Bidirectional(layers.LSTM(2))(X, initial_state=[tf.zeros((3, 2))] * 3),
            "as many states for the backward layer",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
