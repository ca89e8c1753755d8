"""RNN with cells of users, and what all recurrent layers share."""

import copy

import numpy as np
import pytest
import tensorflow as tf

from tfk import layers, models
from tfk.saving.registry import custom_object_scope

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 5, 2)).astype("float32")
MASK = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]], bool)


class Leaky(layers.Layer):
    """A minimal cell, without output_size and get_initial_state."""

    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units))

    def call(self, inputs, states):
        h = 0.5 * states[0] + inputs @ self.kernel
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Pairs(layers.AbstractRNNCell):
    """Nested inputs, states and outputs."""

    state_size = [2, tf.TensorShape([2, 3])]
    output_size = [2, tf.TensorShape([2, 3])]

    def call(self, inputs, states):
        vector, matrix = inputs
        new = [states[0] + vector, states[1] + matrix]
        return new, new


class Shifted(Leaky):
    def call(self, inputs, states, constants=None, training=None):
        h = 0.5 * states[0] + inputs + constants[0] * (2.0 if training else 1.0)
        return h, [h]


def test_cell_of_a_user():
    layer = layers.RNN(Leaky(4), return_sequences=True, return_state=True)
    outputs, state = layer(X)
    h, kernel = np.zeros((3, 4)), layer.get_weights()[0]
    for t in range(5):
        h = 0.5 * h + X[:, t] @ kernel
        np.testing.assert_allclose(outputs[:, t], h, atol=1e-5)
    np.testing.assert_allclose(state, h, atol=1e-5)
    assert layer.kernel_used == "loop: Leaky has a custom formula"
    assert layer.weights[0].name == "rnn/leaky/kernel:0"


def test_plain_object_as_cell():
    class Count:
        state_size = 1

        def call(self, inputs, states):
            return states[0] + 1, states[0] + 1

    np.testing.assert_array_equal(
        layers.RNN(Count(), return_sequences=True)(X)[0, :, 0], [1, 2, 3, 4, 5]
    )


def test_a_subclass_with_another_formula_is_not_fused():
    class Doubled(layers.LSTMCell):
        def call(self, inputs, states, training=None):
            h, states = super().call(inputs, states, training)
            return 2 * h, states

    layer = layers.RNN(Doubled(4))
    plain = layers.RNN(layers.LSTMCell(4))
    layer(X), plain(X)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(X), 2 * plain(X), atol=1e-6)


def test_wrapping_cells():
    class Residual(layers.AbstractRNNCell):
        def __init__(self, cell, **kwargs):
            super().__init__(**kwargs)
            self.cell = cell

        @property
        def state_size(self):
            return self.cell.state_size

        @property
        def output_size(self):
            return self.cell.output_size

        def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
            return self.cell.get_initial_state(inputs, batch_size, dtype)

        def call(self, inputs, states, training=None):
            output, states = self.cell(inputs, states, training=training)
            return inputs + output, states

    layer = layers.RNN(
        [Residual(layers.LSTMCell(2)), Residual(layers.GRUCell(2))], return_sequences=True
    )
    assert layer(X).shape == (3, 5, 2) and len(layer.weights) == 6
    inputs = layers.Input((None, 2))
    model = models.Model(inputs, layer(inputs))
    np.testing.assert_allclose(model(X), layer(X), atol=1e-6)


@pytest.mark.parametrize("sequences", [False, True])
def test_nested_inputs_states_and_outputs(sequences):
    vector, matrix = tf.constant(X), tf.ones((3, 5, 2, 3))
    layer = layers.RNN(Pairs(), return_sequences=sequences, return_state=True)
    first, second, h, m = layer((vector, matrix))
    sums = np.cumsum(X, 1)
    np.testing.assert_allclose(first, sums if sequences else sums[:, -1], atol=1e-5)
    assert second.shape == ((3, 5, 2, 3) if sequences else (3, 2, 3))
    np.testing.assert_allclose(m, tf.fill((3, 2, 3), 5.0))
    inputs = layers.Input((5, 2)), layers.Input((5, 2, 3))
    model = models.Model(inputs, layer(inputs))
    np.testing.assert_allclose(model((vector, matrix))[0], first, atol=1e-6)


def test_constants_and_training():
    layer = layers.RNN(Shifted(2))
    constant = tf.ones((3, 2))
    low = layer(X, constants=constant)
    high = layer(X, constants=[constant], training=True)
    np.testing.assert_allclose(
        high - low, np.full((3, 2), sum(0.5**k for k in range(5))), atol=1e-5
    )
    inputs, given = layers.Input((5, 2)), layers.Input((2,))
    model = models.Model([inputs, given], layer(inputs, constants=given))
    np.testing.assert_allclose(model([X, constant]), low, atol=1e-6)
    assert layer.get_config()["num_constants"] == 1
    with custom_object_scope({"Shifted": Shifted}):
        again = models.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([X, constant]), low, atol=1e-6)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_symbolic_initial_states(kind):
    count = 2 if kind == "LSTM" else 1
    inputs, given = layers.Input((None, 2)), [layers.Input((4,)) for _ in range(count)]
    layer = getattr(layers, kind)(4, return_sequences=True)
    model = models.Model([inputs, *given], layer(inputs, initial_state=given))
    states = [tf.constant(RNG.normal(size=(3, 4)).astype("float32")) for _ in range(count)]
    np.testing.assert_allclose(model([X, *states]), layer(X, initial_state=states), atol=1e-6)
    again = models.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again([X, *states]), model([X, *states]), atol=1e-6)
    assert len(layer.get_config()) == len(type(layer)(4).get_config())


def test_encoder_and_decoder():
    """States of one layer begin another, as in translation models."""
    source, target = layers.Input((None, 2)), layers.Input((None, 2))
    _, *states = layers.LSTM(4, return_state=True)(source)
    outputs, *_ = layers.LSTM(4, return_sequences=True, return_state=True)(
        target, initial_state=states
    )
    model = models.Model([source, target], layers.Dense(1)(outputs))
    model.compile("sgd", "mse")
    history = model.fit([X, X], X[..., :1], epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2


def test_masks_travel_through_models():
    inputs = layers.Input((None,), dtype="int32")
    x = layers.Embedding(5, 3, mask_zero=True)(inputs)
    x = layers.GRU(4, return_sequences=True)(x)
    model = models.Model(inputs, layers.LSTM(2)(x))
    padded = np.array([[1, 2, 0, 0], [3, 4, 1, 2]])
    np.testing.assert_allclose(model(padded)[:1], model(padded[:1, :2]), atol=1e-6)


def test_stateful_model_and_reset():
    model = models.Sequential(
        [layers.GRU(4, stateful=True, batch_input_shape=(3, 5, 2)), layers.Dense(1)]
    )
    first = model.predict(X, batch_size=3, verbose=0)
    second = model.predict(X, batch_size=3, verbose=0)
    assert not np.allclose(first, second)
    model.reset_states()
    np.testing.assert_allclose(model.predict(X, batch_size=3, verbose=0), first, atol=1e-6)
    assert len(model.weights) == 5 and model.layers[0].stateful


def test_stateful_layers_take_given_states_first():
    layer = layers.GRU(4, stateful=True, batch_input_shape=(3, None, 2))
    given = tf.ones((3, 4))
    free = layers.GRU(4)
    layer.build((3, None, 2))
    free.build((3, None, 2))
    free.set_weights(layer.get_weights())
    begun = layer(X, initial_state=given)
    np.testing.assert_allclose(begun, free(X, initial_state=given), atol=1e-6)
    np.testing.assert_allclose(
        layer(X, initial_state=given), free(X, initial_state=begun), atol=1e-6
    )


def test_stateful_models_are_exported(tmp_path):
    model = models.Sequential([layers.LSTM(4, stateful=True, batch_input_shape=(3, 5, 2))])
    expected = [model.predict(X, batch_size=3, verbose=0) for _ in range(2)]
    model.reset_states()
    tf.saved_model.save(
        model,
        str(tmp_path),
        signatures=tf.function(lambda x: {"y": model(x)}).get_concrete_function(
            tf.TensorSpec((3, 5, 2))
        ),
    )
    serve = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    for y in expected:
        np.testing.assert_allclose(serve(tf.constant(X))["y"], y, atol=1e-6)


def test_states_begin_as_the_cell_says():
    class Ones(Leaky):
        def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
            return tf.ones((batch_size, self.units), dtype)

    layer = layers.RNN(Ones(4), stateful=True, batch_input_shape=(3, None, 2))
    first = layer(X)
    layer.reset_states()
    np.testing.assert_array_equal(layer.states[0], tf.ones((3, 4)))
    np.testing.assert_allclose(layer(X), first, atol=1e-6)


def test_dropout_masks_stay_the_same_over_time():
    layer = layers.RNN(
        layers.SimpleRNNCell(4, dropout=0.5, activation=None, seed=1), return_sequences=True
    )
    layer(X)
    kernel, recurrent = np.eye(2, 4, dtype="float32"), np.zeros((4, 4), "float32")
    layer.set_weights([kernel, recurrent, np.zeros(4, "float32")])
    dropped = layer(tf.ones((3, 5, 2)), training=True)[..., :2].numpy()
    assert set(np.unique(dropped)) == {0.0, 2.0}
    np.testing.assert_array_equal(dropped, np.repeat(dropped[:, :1], 5, axis=1))
    again = layer(tf.ones((3, 5, 2)), training=True)[..., :2].numpy()
    assert not np.array_equal(dropped, again)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_training_may_be_a_tensor(kind):
    layer = getattr(layers, kind)(4, dropout=0.5, recurrent_dropout=0.5)
    run = tf.function(lambda x, training: layer(x, training=training))
    np.testing.assert_allclose(run(X, tf.constant(False)), layer(X), atol=1e-6)
    assert not np.allclose(run(X, tf.constant(True)), layer(X))


def test_seeds_repeat():
    first, second = (layers.GRU(4, dropout=0.5, recurrent_dropout=0.5, seed=3) for _ in range(2))
    first(X), second(X)
    second.set_weights(first.get_weights())
    np.testing.assert_array_equal(first(X, training=True), second(X, training=True))
    assert first.get_config()["seed"] == 3


def test_copies():
    layer = layers.LSTM(4, dropout=0.2)
    expected = layer(X)
    np.testing.assert_array_equal(copy.deepcopy(layer)(X), expected)


def test_output_shapes():
    layer = layers.LSTM(4, return_sequences=True, return_state=True, time_major=True)
    assert [tuple(s) for s in layer.compute_output_shape((None, 7, 3))] == [
        (None, 7, 4),
        (7, 4),
        (7, 4),
    ]
    assert tuple(layers.GRU(4).compute_output_shape((None, None, 3))) == (None, 4)
    assert tuple(layers.RNN([Leaky(3), Leaky(5)]).compute_output_shape((2, 7, 3))) == (2, 5)


def test_old_spellings():
    model = models.Sequential([layers.LSTM(4, input_dim=2, input_length=5)])
    assert model.input_shape == (None, 5, 2)
    assert (
        layers.LSTM.from_config({**layers.LSTM(4).get_config(), "implementation": 0}).implementation
        == 1
    )


def call(layer, *args, **kwargs):
    return lambda: layer()(*args, **kwargs)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: layers.LSTM(0), ValueError, "expected units to be a positive integer, got 0"),
        (lambda: layers.GRU(4.5), TypeError, "expected units to be a positive integer"),
        (
            lambda: layers.SimpleRNN(2, dropout=1.5),
            ValueError,
            "expected dropout to be at least 0 and at most 1",
        ),
        (lambda: layers.GRU(2, recurrent_dropout=-1), ValueError, "expected recurrent_dropout"),
        (
            lambda: layers.LSTM(2, implementation=3),
            ValueError,
            "expected implementation to be one of",
        ),
        (lambda: layers.LSTM(2, reset_after=True), TypeError, "LSTM.*reset_after"),
        (
            lambda: layers.RNN("lstm"),
            ValueError,
            "expected a cell.*got str, which lacks call and state_size",
        ),
        (lambda: layers.RNN([layers.Dense(2)]), ValueError, "Dense lacks state_size"),
        (call(lambda: layers.LSTM(2), tf.ones((2, 3))), ValueError, "expected 3 dimensions, got 2"),
        (
            call(lambda: layers.GRU(2), tf.ones((2, 0, 3))),
            ValueError,
            r"\(2, 0, 3\) has no time steps",
        ),
        (
            call(lambda: layers.LSTM(2), tf.ones((2, 3, 4)), constants=[tf.ones((2, 2))]),
            TypeError,
            "takes no constants",
        ),
        (
            call(lambda: layers.GRU(2), tf.ones((2, 3, 4)), initial_state=[tf.ones((2, 3))]),
            ValueError,
            r"expected 1 initial state.*\(None, 2\).*\(2, 3\)",
        ),
        (
            call(lambda: layers.LSTM(2), tf.ones((2, 3, 4)), initial_state=[tf.ones((2, 2))]),
            ValueError,
            "expected 2 initial state",
        ),
        (
            call(lambda: layers.LSTM(2, stateful=True), layers.Input((3, 4))),
            ValueError,
            "needs to know its batch size",
        ),
        (lambda: layers.LSTM(2).reset_states(), AttributeError, "stateful=True"),
        (
            call(lambda: layers.RNN(Leaky()), tf.ones((2, 3, 4)), constants=[tf.ones((2, 2))]),
            ValueError,
            "takes no argument 'constants'",
        ),
        (
            call(lambda: layers.GRU(2, unroll=True), layers.Input((None, 4))),
            ValueError,
            "unroll=True needs a known number",
        ),
        (
            call(
                lambda: layers.GRU(2, unroll=True),
                tf.ragged.constant([[[1.0]], [[1.0], [2.0]]], ragged_rank=1),
            ),
            ValueError,
            "ragged inputs cannot be combined with unroll",
        ),
        (call(lambda: layers.GRU(2), layers.Input((3, None))), ValueError, "needs to know axis -1"),
        (
            call(
                lambda: layers.LSTM(2),
                layers.Input((3, 4)),
                initial_state=[layers.Input((2,)), tf.ones((1, 2))],
            ),
            ValueError,
            "not a mixture",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("batch", [0, None])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_an_empty_batch_has_no_gradient(kind, batch):
    layer = getattr(layers, kind)(4)
    layer.build((None, 5, 3))

    @tf.function(input_signature=[tf.TensorSpec((batch, 5, 3))], autograph=False)
    def gradients(x):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(layer(x, training=True))
        return tape.gradient(total, layer.trainable_weights)

    for gradient in gradients(tf.zeros((0, 5, 3))):
        np.testing.assert_array_equal(gradient, tf.zeros_like(gradient))


def test_errors_of_reset_states():
    layer = layers.GRU(4, stateful=True, batch_input_shape=(3, None, 2))
    layer(X)
    with pytest.raises(ValueError, match="expected 1 states, got 2"):
        layer.reset_states([np.ones((3, 4))] * 2)
    with pytest.raises(ValueError, match=r"state 0 to have shape \(3, 4\), got \(4, 3\)"):
        layer.reset_states([np.ones((4, 3))])
    with pytest.raises(ValueError, match=r"batches of 3 samples.*\(2, 5, 2\)"):
        layer(X[:2])


@pytest.mark.parametrize("kind", [layers.GRU, layers.LSTM, layers.SimpleRNN])
def test_names_of_weights_with_states_from_the_graph(kind):
    inputs = layers.Input((3, 2))
    count = 2 if kind is layers.LSTM else 1
    states = [layers.Input((4,)) for _ in range(count)]
    layer, wrapped = kind(4, name="decoder"), layers.Bidirectional(kind(4), name="both")
    layer(inputs, initial_state=states)
    wrapped([inputs, *states, *states])
    assert layer.weights[0].name.startswith("decoder/") and layer.weights[0].name.count("/") == 2
    assert {weight.name.split("/")[0] for weight in wrapped.weights} == {"both"}
