"""Batch sizes of states: stateful layers of one sample, and first states for all samples."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers

X = np.random.default_rng(0).normal(size=(1, 5, 3)).astype("float32")


class OwnCell(layers.Layer):
    state_size = 2

    def build(self, shape):
        self.k = self.add_weight(name="k", shape=(shape[-1], 2))

    def call(self, x, states):
        h = tf.tanh(x @ self.k + states[0])
        return h, [h]


STATEFUL = {
    "SimpleRNN": lambda: layers.SimpleRNN(2, stateful=True),
    "GRU": lambda: layers.GRU(2, stateful=True),
    "GRU, reset before": lambda: layers.GRU(2, reset_after=False, stateful=True),
    "LSTM": lambda: layers.LSTM(2, stateful=True),
    "LSTM, relu": lambda: layers.LSTM(2, activation="relu", stateful=True),
    "stacked": lambda: layers.RNN([layers.GRUCell(2), layers.LSTMCell(2)], stateful=True),
    "own cell": lambda: layers.RNN(OwnCell(), stateful=True),
    "unrolled": lambda: layers.GRU(2, stateful=True, unroll=True),
    "Bidirectional": lambda: layers.Bidirectional(layers.GRU(2, stateful=True)),
}


def stateful_model(layer, batch, masked):
    x = tfk.Input(batch_shape=(batch, 5, 3))
    model = tfk.Model(x, layer(layers.Masking()(x) if masked else x))
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) * 0.3 for w in model.get_weights()])
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("masked", [False, True], ids=["", "masked"])
@pytest.mark.parametrize("kind", STATEFUL)
def test_one_sample_gives_what_each_of_several_gives(kind, masked):
    results = []
    for batch in (1, 2):
        model = stateful_model(STATEFUL[kind](), batch, masked)
        x = np.repeat(X, batch, axis=0)
        first = model.predict(x, batch_size=batch, verbose=0)
        second = model.predict(x, batch_size=batch, verbose=0)
        assert np.abs(first - second).max() > 1e-5  # the second goes on where the first ended
        data = tf.data.Dataset.from_tensors((x, np.ones_like(first)))
        loss = model.fit(data, verbose=0).history["loss"]
        results.append((first[0], second[0], loss))
    for one, several in zip(*results):
        np.testing.assert_allclose(one, several, rtol=2e-4, atol=1e-6)


def test_conv_lstm_of_one_sample():
    outputs = []
    for batch in (1, 2):
        x = tfk.Input(batch_shape=(batch, 3, 4, 4, 1))
        model = tfk.Model(x, layers.ConvLSTM2D(2, 3, stateful=True)(x))
        model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
        outputs.append(model.predict(np.ones((batch, 3, 4, 4, 1)), verbose=0)[0])
    np.testing.assert_allclose(*outputs, rtol=1e-5)


def test_wrong_batch_sizes_are_explained():
    def model():
        return stateful_model(layers.GRU(2, stateful=True), 2, masked=False)

    four = np.repeat(X, 4, axis=0)
    with pytest.raises(ValueError, match="stateful=True keeps states for batches of 2"):
        model()(four)
    with pytest.raises(ValueError, match="stateful=True keeps states for batches of 2"):
        model().fit(four, np.ones((4, 2)), batch_size=4, verbose=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="batches of 2 samples"):
        model().predict(four[:3], batch_size=2, verbose=0)


@pytest.mark.parametrize("kind", ["SimpleRNN", "GRU", "LSTM"])
def test_first_states(kind):
    layer = getattr(layers, kind)(2)
    x = np.repeat(X, 4, axis=0)
    state = np.full((1, 2), 0.5, "float32")

    def with_state(state):
        return [state, state] if kind == "LSTM" else state

    wanted = layer(x, initial_state=with_state(tf.repeat(state, 4, axis=0)))
    np.testing.assert_allclose(layer(x, initial_state=with_state(state)), wanted, rtol=1e-5)
    inputs = tfk.Input((5, 3))
    model = tfk.Model(inputs, layer(inputs, initial_state=with_state(tf.constant(state))))
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-5)
    fixed = tfk.Input(batch_shape=(1, 2))
    model = tfk.Model([inputs, fixed], layer(inputs, initial_state=with_state(fixed)))
    np.testing.assert_allclose(model([X, state]), wanted[:1], rtol=1e-5)
    for wrong in ((4, 3), (3, 2)):
        with pytest.raises(ValueError, match="initial state"):
            layer(x, initial_state=with_state(np.ones(wrong, "float32")))
