"""All ways of computing a recurrence give the values and gradients of the cell's formula run step
by step.
"""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import assert_equal, results_and_gradients
from tfk import layers, models
from tfk.initializers import RandomUniform
from tfk.layers.recurrent.kernels import block_lstm, choose, elementwise
from tfk.layers.recurrent.kernels.masking import Kept
from tfk.utils.random import set_random_seed

BATCH, STEPS, FEATURES, UNITS = 4, 7, 3, 5
RNG = np.random.default_rng(0)
X = tf.constant(RNG.normal(size=(BATCH, STEPS, FEATURES)).astype("float32"))
MASK = np.array(RNG.random((BATCH, STEPS)) > 0.4)
MASK[0], MASK[1] = False, True
WAYS = ("inline", "graph", "jit")


def cell_of(kind, **settings):
    cell = {"lstm": layers.LSTMCell, "gru": layers.GRUCell, "simple": layers.SimpleRNNCell}[kind](
        UNITS, bias_initializer=RandomUniform(seed=1), **settings
    )
    cell.build((None, FEATURES))
    return cell


def run(monkeypatch, cell, kernel, way, x=X, **options):
    """Results and gradients of an RNN whose kernel is prescribed; `kernel` None is the loop."""
    chosen = choose.Choice(kernel or "loop", way, "prescribed")
    monkeypatch.setattr(type(cell), "choose", lambda self, situation, features: chosen)
    layer = layers.RNN(
        cell,
        return_state=True,
        **{k: options.pop(k) for k in ("return_sequences",) if k in options},
    )
    rng = np.random.default_rng(2)
    sizes = tf.nest.flatten(cell.state_size)
    states = [
        tf.constant(rng.normal(size=(BATCH, size)).astype(x.dtype.as_numpy_dtype)) for size in sizes
    ]

    def go():
        return results_and_gradients(
            layer, [x, *states], lambda: layer(x, initial_state=states, **options)
        )

    return go() if way != "jit" else tf.function(go, autograph=False)()


SCANS = [
    ("lstm", {}),
    ("lstm", {"activation": "elu", "recurrent_activation": "hard_sigmoid", "use_bias": False}),
    ("gru", {}),
    ("gru", {"reset_after": False}),
    ("gru", {"activation": "softsign", "reset_after": False, "use_bias": False}),
    ("simple", {}),
    ("simple", {"activation": "softplus"}),
]


@pytest.mark.parametrize("kind, settings", SCANS)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
def test_scans(monkeypatch, kind, settings, masked, sequences):
    options = {"mask": tf.constant(MASK) if masked else None, "return_sequences": sequences}
    cell = cell_of(kind, **settings)
    expected = run(monkeypatch, cell, None, "inline", **options)
    for way in WAYS if sequences and masked and not settings else ("inline",):
        assert_equal(run(monkeypatch, cell, "scan", way, **options), expected, gradient_atol=1e-5)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("use_bias, halves", [(False, False), (True, False), (True, True)])
def test_block_lstm(monkeypatch, masked, sequences, use_bias, halves):
    monkeypatch.setattr(block_lstm, "LARGE_BATCH", BATCH if halves else BATCH + 1)
    options = {"mask": tf.constant(MASK) if masked else None, "return_sequences": sequences}
    cell = cell_of("lstm", use_bias=use_bias)
    expected = run(monkeypatch, cell, None, "inline", **options)
    assert_equal(
        run(monkeypatch, cell, "block_lstm", "inline", **options), expected, gradient_atol=1e-5
    )


@pytest.mark.parametrize("kind", ["lstm", "gru", "gru_before", "simple"])
@pytest.mark.parametrize("masked", [False, True])
def test_recurrent_dropout(monkeypatch, kind, masked):
    """The same masks in the scan and in the loop: both draw them from an equal generator, in the
    same order.
    """
    settings = {"reset_after": False} if kind == "gru_before" else {}
    results = []
    for kernel in (None, "scan"):
        cell = cell_of(kind.split("_")[0], dropout=0.4, recurrent_dropout=0.4, seed=3, **settings)
        rng = np.random.default_rng(4)
        cell.set_weights([rng.normal(size=w.shape, scale=0.5) for w in cell.get_weights()])
        mask = tf.constant(MASK) if masked else None
        results.append(
            run(
                monkeypatch, cell, kernel, "inline", training=True, return_sequences=True, mask=mask
            )
        )
    assert_equal(*results, gradient_atol=1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru", "simple"])
def test_float64(monkeypatch, kind):
    cell = cell_of(kind, dtype="float64")
    x = tf.cast(X, tf.float64)

    def go(kernel):
        monkeypatch.setattr(
            type(cell), "choose", lambda *_: choose.Choice(kernel, "inline", "prescribed")
        )
        layer = layers.RNN(cell, dtype="float64", return_sequences=True)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(layer(x) ** 2)
        return [total, *tape.gradient(total, layer.trainable_variables)]

    for a, b in zip(go("loop"), go("scan")):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "kind, kernel", [("lstm", "scan"), ("lstm", "block_lstm"), ("gru", "scan"), ("simple", "scan")]
)
def test_gradients_of_gradients(monkeypatch, kind, kernel):
    cell = cell_of(kind)

    def penalty(kernel):
        monkeypatch.setattr(
            type(cell), "choose", lambda *_: choose.Choice(kernel, "inline", "prescribed")
        )
        layer = layers.RNN(cell, return_sequences=True)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(X)
                total = tf.reduce_sum(layer(X, mask=tf.constant(MASK)) ** 2)
            size = tf.reduce_sum(inner.gradient(total, X) ** 2)
        return [size, *outer.gradient(size, layer.trainable_variables)]

    for a, b in zip(penalty("loop"), penalty(kernel)):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", elementwise._SLOPES)
def test_slopes(name):
    x = tf.constant([-3.3, -1.2, -0.4, 0.3, 1.1, 2.2, 7.5])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = elementwise.function(name)(x)
    np.testing.assert_allclose(elementwise.slope(name, y), tape.gradient(y, x), atol=1e-6)


def test_kept_steps():
    kept = Kept(tf.constant([[1, 0], [0, 0], [1, 1], [0, 1]]) == 1)  # (time, batch)
    sequence = tf.reshape(tf.range(8.0), (4, 2, 1))
    np.testing.assert_array_equal(kept.counts, [2, 2])
    front = kept.to_front(sequence)
    np.testing.assert_array_equal(front[:2, :, 0], [[0, 5], [4, 7]])
    np.testing.assert_array_equal(np.sort(front[:, 0, 0]), [0, 2, 4, 6])
    back = kept.spread(front, tf.fill((2, 1), -1.0))
    np.testing.assert_array_equal(back[..., 0], [[0, -1], [0, -1], [4, 5], [4, 7]])
    np.testing.assert_array_equal(kept.last(front, tf.zeros((2, 1)))[:, 0], [4, 7])


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("masked", [False, True])
def test_whole_function_compiled_by_xla(kind, masked):
    layer = getattr(layers, kind)(UNITS, return_sequences=True)
    mask = tf.constant(MASK) if masked else None
    plain = layer(X, mask=mask)

    @tf.function(jit_compile=True)
    def compiled(x):
        with tf.GradientTape() as tape:
            y = layer(x, mask=mask)
            total = tf.reduce_sum(y)
        return y, tape.gradient(total, layer.trainable_variables)

    np.testing.assert_allclose(compiled(X)[0], plain, atol=1e-5)
    assert layer.kernel_used == "scan: XLA compiles the step as a whole"


def test_unknown_sizes_share_one_trace():
    layer, traces = layers.GRU(UNITS, return_sequences=True), []
    layer.build((None, None, FEATURES))

    @tf.function(input_signature=[tf.TensorSpec((None, None, FEATURES))])
    def run(x):
        traces.append(1)
        return layer(x)

    for batch, steps in ((1, 1), (4, 7), (2, 20)):
        x = tf.ones((batch, steps, FEATURES))
        np.testing.assert_allclose(run(x), layer(x), atol=1e-6)
    assert len(traces) == 1


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_fit_under_xla(kind):
    losses = []
    for jit_compile in (False, True):
        set_random_seed(3)
        model = models.Sequential(
            [layers.Input((STEPS, FEATURES)), getattr(layers, kind)(UNITS), layers.Dense(1)]
        )
        model.compile("adam", "mse", jit_compile=jit_compile)
        losses.append(
            model.fit(X, X[:, 0, :1], batch_size=2, epochs=2, shuffle=False, verbose=0).history[
                "loss"
            ]
        )
    np.testing.assert_allclose(*losses, atol=1e-5)
    assert model.layers[0].kernel_used == "scan: XLA compiles the step as a whole"
