"""Options of recurrent layers and wrappers that meet in one layer: values, gradients and masks are
those of tf_keras.
"""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import compare, twin
from tfk import layers

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


X = normal(4, 6, 3)
MASK = tf.cast([[0] * 6, [1] * 6, [0, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]], tf.bool)
STATES = [tf.constant(normal(4, 2)) for _ in range(4)]
RAGGED = tf.RaggedTensor.from_row_lengths(normal(12, 3), [3, 1, 6, 2])
FRAMES, PARTS = normal(2, 3, 5, 2), normal(2, 3, 6, 2)
FRAME_MASK = tf.cast([[1, 0, 1], [1, 1, 0]], tf.bool)
PART_MASK = tf.constant(RNG.random((2, 3, 6)) > 0.3)


def turned(x):
    return tf.transpose(x, (1, 0, *range(2, len(x.shape))))


def adding_constant(L):
    """A cell with constants, built on the `Layer` of a module."""

    class Cell(L.Layer):
        state_size = output_size = 2

        def build(self, input_shape):
            self.kernel = self.add_weight(name="kernel", shape=(3, 2))
            self.recurrent = self.add_weight(name="recurrent", shape=(2, 2))
            self.built = True

        def call(self, inputs, states, constants):
            h = tf.tanh(inputs @ self.kernel + states[0] @ self.recurrent + constants[0])
            return h, [h]

    return Cell()


# name: a function from a module like tfk.layers to the layer, the input, further arguments of the
# call
CASES = {
    "unrolled, time first": (
        lambda L: L.LSTM(2, unroll=True, time_major=True, return_sequences=True),
        turned(X),
        {"mask": turned(MASK)},
    ),
    "backwards, time first": (
        lambda L: L.GRU(
            2, time_major=True, go_backwards=True, return_sequences=True, return_state=True
        ),
        turned(X),
        {"mask": turned(MASK)},
    ),
    "unrolled from given states": (
        lambda L: L.LSTM(2, unroll=True, return_sequences=True),
        X,
        {"initial_state": STATES[:2], "mask": MASK},
    ),
    "zeros for masked steps, backwards": (
        lambda L: L.GRU(2, go_backwards=True, return_sequences=True, zero_output_for_mask=True),
        X,
        {"mask": MASK},
    ),
    "mask of rank 3": (
        lambda L: L.LSTM(2, return_sequences=True),
        X,
        {"mask": MASK[..., tf.newaxis]},
    ),
    "one step": (lambda L: L.LSTM(2, return_state=True), X[:, :1], {"mask": MASK[:, :1]}),
    "ragged, with states": (
        lambda L: L.LSTM(2, return_sequences=True, return_state=True),
        RAGGED,
        {},
    ),
    "ragged, from states": (lambda L: L.GRU(2), RAGGED, {"initial_state": STATES[:1]}),
    "ragged, any cell": (lambda L: L.RNN(L.GRUCell(2), return_sequences=True), RAGGED, {}),
    "stack with its states": (
        lambda L: L.RNN([L.LSTMCell(2), L.GRUCell(3)], return_state=True, go_backwards=True),
        X,
        {"mask": MASK},
    ),
    "stack of stacks": (
        lambda L: L.RNN([L.StackedRNNCells([L.LSTMCell(2), L.GRUCell(3)]), L.SimpleRNNCell(2)]),
        X,
        {"mask": MASK},
    ),
    "stack, unrolled": (
        lambda L: L.RNN([L.LSTMCell(2), L.GRUCell(3)], unroll=True, return_sequences=True),
        X,
        {"mask": MASK},
    ),
    "constants": (
        lambda L: L.RNN(adding_constant(L), return_sequences=True, go_backwards=True),
        X,
        {"constants": STATES[1:2], "initial_state": STATES[:1], "mask": MASK},
    ),
    "both ways from given states": (
        lambda L: L.Bidirectional(
            L.LSTM(2, return_sequences=True, return_state=True), merge_mode="sum"
        ),
        X,
        {"initial_state": STATES, "mask": MASK},
    ),
    "both ways, time first": (
        lambda L: L.Bidirectional(L.GRU(2, return_sequences=True, time_major=True)),
        turned(X),
        {"mask": turned(MASK)},
    ),
    "both ways, from the end": (
        lambda L: L.Bidirectional(L.GRU(2, return_sequences=True, go_backwards=True)),
        X,
        {"mask": MASK},
    ),
    "both ways, ragged": (lambda L: L.Bidirectional(L.LSTM(2, return_sequences=True)), RAGGED, {}),
    "both ways, stacked": (
        lambda L: L.Bidirectional(L.RNN([L.LSTMCell(2), L.GRUCell(3)], return_sequences=True)),
        X,
        {"mask": MASK},
    ),
    "both ways, images": (
        lambda L: L.Bidirectional(L.ConvLSTM1D(2, 2, return_sequences=True)),
        FRAMES,
        {"mask": FRAME_MASK},
    ),
    "both ways, of two kinds": (
        lambda L: L.Bidirectional(
            L.LSTM(2), backward_layer=L.GRU(2, go_backwards=True), merge_mode="mul"
        ),
        X,
        {"mask": MASK},
    ),
    "each part": (lambda L: L.TimeDistributed(L.LSTM(2)), PARTS, {"mask": PART_MASK}),
    "each part, both ways": (
        lambda L: L.TimeDistributed(L.Bidirectional(L.GRU(2, return_sequences=True))),
        PARTS,
        {"mask": PART_MASK},
    ),
    "each part, flat": (lambda L: L.TimeDistributed(L.Flatten()), PARTS, {}),
    "each part, normalized": (
        lambda L: L.TimeDistributed(L.BatchNormalization()),
        PARTS,
        {"training": True},
    ),
    "each image, over time": (
        lambda L: L.TimeDistributed(L.ConvLSTM1D(2, 2)),
        normal(2, 2, 3, 5, 2),
        {},
    ),
    "images from given states": (
        lambda L: L.ConvLSTM1D(
            2, 2, return_state=True, activation="relu", recurrent_activation="sigmoid"
        ),
        FRAMES,
        {"initial_state": [tf.constant(normal(2, 4, 2)) for _ in range(2)], "mask": FRAME_MASK},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_equals_keras(name):
    make, x, call = CASES[name]
    x = x if isinstance(x, tf.RaggedTensor) else tf.constant(x)
    ours, theirs = twin(make(layers), make(tf_keras.layers), x, **call)
    compare(ours, theirs, x, modes=("graph",), **call)
    found, expected = (layer.compute_mask(x, call.get("mask")) for layer in (ours, theirs))
    for mine, other in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        assert (mine is None) == (other is None)
        assert mine is None or (mine.numpy() == other.numpy()).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda L, **shape: L.LSTM(
            2, stateful=True, go_backwards=True, return_sequences=True, **shape
        ),
        lambda L, **shape: L.RNN([L.LSTMCell(2), L.GRUCell(3)], stateful=True, **shape),
        lambda L, **shape: L.Bidirectional(L.GRU(2, stateful=True, return_sequences=True), **shape),
    ],
    ids=["LSTM", "stack", "both ways"],
)
def test_states_pass_from_batch_to_batch(make):
    ours, theirs = (make(L, batch_input_shape=X.shape) for L in (layers, tf_keras.layers))
    twin(ours, theirs, X)
    for layer in (ours, theirs):
        layer.reset_states()
    for _ in range(3):
        np.testing.assert_allclose(ours(X, mask=MASK), theirs(X, mask=MASK), atol=1e-5)
