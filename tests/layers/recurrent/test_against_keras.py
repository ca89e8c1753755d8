"""SimpleRNN, GRU, LSTM and RNN give the values and gradients of tf_keras from the same weights."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import compare, twin
from tests.support.oracle import of_keras_2_21
from tfk import layers

tf_keras = pytest.importorskip("tf_keras")

BATCH, STEPS, FEATURES, UNITS = 4, 6, 3, 2
RNG = np.random.default_rng(0)
X = RNG.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
MASK = RNG.random((BATCH, STEPS)) > 0.4
MASK[0], MASK[1] = False, True  # nothing kept, everything kept
MASK[2] = [False, False, True, True, False, True]
KINDS = ("SimpleRNN", "GRU", "LSTM")


def pair(kind, **kwargs):
    return twin(
        getattr(layers, kind)(UNITS, **kwargs), getattr(tf_keras.layers, kind)(UNITS, **kwargs), X
    )


def states(kind):
    count = 2 if kind == "LSTM" else 1
    return [tf.constant(RNG.normal(size=(BATCH, UNITS)).astype("float32")) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_outputs_and_states(kind, sequences, masked, backwards):
    ours, theirs = pair(kind, return_sequences=sequences, return_state=True, go_backwards=backwards)
    mode = "graph" if sequences == masked else "eager"
    compare(ours, theirs, X, modes=(mode,), mask=tf.constant(MASK) if masked else None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_initial_state_and_masks(kind, zero_output_for_mask, sequences):
    ours, theirs = pair(kind, return_sequences=sequences, zero_output_for_mask=zero_output_for_mask)
    compare(ours, theirs, X, modes=("graph",), mask=tf.constant(MASK), initial_state=states(kind))


OTHER_FORMULAS = [
    ("GRU", {"reset_after": False}),
    ("GRU", {"reset_after": False, "use_bias": False, "recurrent_activation": "hard_sigmoid"}),
    ("GRU", {"use_bias": False}),
    ("GRU", {"activation": "relu", "implementation": 1}),
    ("GRU", {"activation": "gelu", "reset_after": False}),
    ("LSTM", {"use_bias": False}),
    ("LSTM", {"activation": "relu"}),
    (
        "LSTM",
        {"activation": "softsign", "recurrent_activation": "hard_sigmoid", "implementation": 1},
    ),
    ("LSTM", {"activation": "swish"}),
    ("LSTM", {"activation": None, "unit_forget_bias": False}),
    ("LSTM", {"unroll": True}),
    ("GRU", {"unroll": True, "go_backwards": True}),
    ("SimpleRNN", {"activation": "selu", "use_bias": False}),
    ("SimpleRNN", {"activation": "mish"}),
    ("SimpleRNN", {"unroll": True, "zero_output_for_mask": True}),
    ("LSTM", {"dropout": 0.3, "recurrent_dropout": 0.3}),
    ("GRU", {"dropout": 0.3, "recurrent_dropout": 0.3}),
    ("SimpleRNN", {"dropout": 0.3, "recurrent_dropout": 0.3}),
]


@pytest.mark.parametrize("kind, settings", OTHER_FORMULAS)
def test_other_formulas(kind, settings):
    ours, theirs = pair(kind, return_sequences=True, **settings)
    compare(ours, theirs, X, modes=("graph",), mask=tf.constant(MASK))


@pytest.mark.parametrize("kind", KINDS)
def test_time_major(kind):
    ours, theirs = pair(kind, time_major=True, return_sequences=True)
    compare(ours, theirs, np.swapaxes(X, 0, 1).copy(), mask=tf.constant(MASK.T))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_ragged(kind, sequences, backwards):
    ours, theirs = pair(kind, return_sequences=sequences, go_backwards=backwards)
    ragged = tf.RaggedTensor.from_row_lengths(X.reshape(-1, FEATURES)[:12], [3, 1, 6, 2])
    compare(ours, theirs, ragged, modes=("graph" if sequences else "eager",))


@pytest.mark.parametrize("kind", KINDS)
def test_stateful(kind):
    settings = {
        "stateful": True,
        "return_sequences": True,
        "batch_input_shape": (BATCH, None, FEATURES),
    }
    ours, theirs = pair(kind, **settings)
    for layer in (ours, theirs):
        layer.reset_states()
    run = tf.function(ours)
    for _ in range(3):
        np.testing.assert_allclose(run(X), theirs(X), atol=1e-5)
    given = [np.full((BATCH, UNITS), 0.5, "float32") for _ in ours.states]
    ours.reset_states(given)
    theirs.reset_states(given)
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-5)
    for mine, other in zip(ours.states, theirs.states):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    assert len(ours.weights) == len(theirs.weights)


@pytest.mark.parametrize("masked", [False, True])
def test_stacked_cells(masked):
    def make(module):
        cells = [module.LSTMCell(3), module.GRUCell(2), module.SimpleRNNCell(4)]
        return module.RNN(cells, return_sequences=True, return_state=True)

    ours, theirs = twin(make(layers), make(tf_keras.layers), X)
    mask = tf.constant(MASK) if masked else None
    compare(ours, theirs, X, mask=mask)
    ours(X, mask=mask)
    assert ours.kernel_used.startswith("block_lstm") and "scan" in ours.kernel_used


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_of_a_cell(kind):
    ours, theirs = (
        getattr(layers, kind + "Cell")(UNITS),
        getattr(tf_keras.layers, kind + "Cell")(UNITS),
    )
    first = states(kind)
    x = X[:, 0]
    twin(ours, theirs, x, first)
    for mine, other in zip(tf.nest.flatten(ours(x, first)), tf.nest.flatten(theirs(x, first))):
        np.testing.assert_allclose(mine, other, atol=1e-6)
    zeros = tf.nest.flatten(ours.get_initial_state(batch_size=3, dtype="float32"))
    assert [tuple(z.shape) for z in zeros] == [(3, UNITS)] * len(first)


@pytest.mark.parametrize("kind", KINDS)
def test_config_and_names(kind):
    settings = {"dropout": 0.1, "return_sequences": True, "activity_regularizer": "l2", "name": "r"}
    ours, theirs = pair(kind, **settings)
    assert ours.get_config() == theirs.get_config()
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    again = type(ours).from_config(theirs.get_config())
    assert again.get_config() == ours.get_config()


@of_keras_2_21
def test_config_of_a_stack():
    tf_keras.backend.clear_session()

    def make(module):
        return module.RNN([module.LSTMCell(3), module.GRUCell(2)], name="r", time_major=True)

    ours, theirs = twin(make(layers), make(tf_keras.layers), X)
    assert ours.get_config() == theirs.get_config()
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert (
        layers.RNN.from_config(theirs.get_config()).get_config()
        == layers.RNN.from_config(ours.get_config()).get_config()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_mixed_precision(kind):
    ours = getattr(layers, kind)(
        UNITS, dtype="mixed_bfloat16", return_sequences=True, return_state=True
    )
    outputs = ours(X)
    assert {value.dtype for value in outputs} == {tf.bfloat16}
    assert {w.dtype for w in ours.weights} == {tf.float32}
    full = getattr(layers, kind)(UNITS, return_sequences=True, return_state=True)
    full(X)
    full.set_weights(ours.get_weights())
    for half, exact in zip(outputs, full(X)):
        np.testing.assert_allclose(tf.cast(half, tf.float32), exact, atol=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_drops_as_often_as_keras(kind):
    """Inputs of ones through identity-like weights: the share of zeros tells the rate."""
    layer = (
        layers.SimpleRNN(UNITS, dropout=0.4)
        if kind == "SimpleRNN"
        else getattr(layers, kind)(UNITS, dropout=0.4)
    )
    x = tf.ones((2000, 2, 1))
    masks = (
        layer.get_dropout_mask_for_cell(x, True)
        if kind != "SimpleRNN"
        else layer.cell.get_dropout_mask_for_cell(x, True)
    )
    assert abs(float(tf.reduce_mean(tf.cast(masks == 0, tf.float32))) - 0.4) < 0.05
    assert abs(float(tf.reduce_mean(masks)) - 1) < 0.1
