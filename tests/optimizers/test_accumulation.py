"""Several small batches make one update."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.optimizers import SGD, Adam, RMSprop
from tfk.optimizers.loss_scale import LossScaleOptimizer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(13, 3)).astype("float32")
Y = RNG.normal(size=(13, 2)).astype("float32")


def weights():
    rng = np.random.default_rng(1)
    shapes = [(3, 4), (4,), (4, 2), (2,), (1,)]
    return [
        tf.Variable(rng.normal(size=s).astype("float32"), name=f"w{i}")
        for i, s in enumerate(shapes)
    ]


def train(optimizer, size, accumulated, epochs=3):
    """One pass after the other; each ends with an update of what is left."""
    trained = weights()
    optimizer.build(trained)
    scaled = isinstance(optimizer, LossScaleOptimizer)

    @tf.function(autograph=False)
    def step(x, y):
        w, b, u, c, s = trained
        with tf.GradientTape() as tape:
            outputs = tf.matmul(tf.tanh(tf.matmul(x, w) + b), u) * s + c
            loss = tf.reduce_mean(tf.square(outputs - y))
            scaled_loss = optimizer.get_scaled_loss(loss) if scaled else loss
        grads = tape.gradient(scaled_loss, trained)
        grads = optimizer.get_unscaled_gradients(grads) if scaled else grads
        optimizer.apply_gradients(
            zip(grads, trained), batch_size=x.shape[0] if accumulated else None
        )

    for _ in range(epochs):
        for start in range(0, len(X), size):
            step(tf.constant(X[start : start + size]), tf.constant(Y[start : start + size]))
        optimizer.apply_accumulated_gradients()
    return trained


@pytest.mark.parametrize(
    "make",
    [
        lambda **kw: SGD(0.1, **kw),
        lambda **kw: SGD(0.1, momentum=0.9, **kw),
        lambda **kw: Adam(0.01, **kw),
        lambda **kw: RMSprop(0.01, centered=True, clipnorm=0.1, weight_decay=0.1, **kw),
        lambda **kw: Adam(0.01, global_clipnorm=0.2, use_ema=True, ema_overwrite_frequency=2, **kw),
        lambda **kw: LossScaleOptimizer(Adam(0.01, **kw)),
    ],
)
def test_small_batches_equal_one_large_batch(make):
    """13 samples: batches of 8 and 5 against batches of 4, 4 and 4, 1."""
    expected = train(make(), 8, False)
    optimizer = make(gradient_accumulation_steps=2)
    for ours, theirs in zip(train(optimizer, 4, True), expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
    assert int(optimizer.iterations) == 6


def test_without_batch_sizes_every_call_counts_the_same():
    x = tf.Variable(0.0)
    optimizer = SGD(1.0, gradient_accumulation_steps=3)
    for gradient in (1.0, 2.0):
        optimizer.apply_gradients([(tf.constant(gradient), x)])
        assert float(x) == 0.0
    optimizer.apply_gradients([(tf.constant(6.0), x)])
    assert (float(x), int(optimizer.iterations)) == (-3.0, 1)


def test_sparse_gradients_are_gathered():
    rows = tf.IndexedSlices(tf.ones((2, 2)), tf.constant([1, 1]), tf.constant([4, 2]))
    trained = tf.Variable(tf.zeros((4, 2)))
    optimizer = SGD(1.0, gradient_accumulation_steps=2)
    for _ in range(2):
        optimizer.apply_gradients([(rows, trained)])
    np.testing.assert_allclose(trained, [[0, 0], [-2, -2], [0, 0], [0, 0]])


def test_finalize_makes_the_last_update():
    x = tf.Variable(0.0)
    optimizer = SGD(1.0, gradient_accumulation_steps=3)
    optimizer.apply_gradients([(tf.constant(1.0), x)])
    optimizer.finalize_variable_values([x])
    assert float(x) == -1.0
    optimizer.finalize_variable_values([x])
    assert (float(x), int(optimizer.iterations)) == (-1.0, 1)


def test_a_skipped_batch_is_left_out_of_the_average():
    x = tf.Variable(0.0)
    optimizer = LossScaleOptimizer(SGD(1.0, gradient_accumulation_steps=2), initial_scale=1.0)
    optimizer.get_unscaled_gradients([])
    optimizer.get_scaled_loss(tf.constant(0.0))
    for gradient in (1.0, float("inf"), 3.0):
        optimizer.apply_gradients([(tf.constant(gradient), x)])
    assert (float(x), int(optimizer.iterations), int(optimizer.skipped_steps)) == (-2.0, 1, 1)


def test_sums_are_part_of_the_state():
    x = tf.Variable(0.0, name="x")
    first, second = SGD(1.0, gradient_accumulation_steps=2), SGD(1.0, gradient_accumulation_steps=2)
    first.apply_gradients([(tf.constant(4.0), x)])
    store = {}
    first.save_own_variables(store)
    second.build([x])
    second.load_own_variables(store)
    second.apply_gradients([(tf.constant(2.0), x)])
    assert float(x) == -3.0
    assert first.get_config()["gradient_accumulation_steps"] == 2
    assert "gradient_accumulation_steps" not in SGD().get_config()


@pytest.mark.parametrize("jit_compile", [False, True])
def test_inside_a_while_loop(jit_compile):
    x = tf.Variable(0.0)
    optimizer = Adam(0.1, gradient_accumulation_steps=2)
    optimizer.build([x])

    @tf.function(autograph=False, jit_compile=jit_compile)
    def train():
        def body(i):
            optimizer.apply_gradients([(tf.constant(1.0), x)])
            return (i + 1,)

        return tf.while_loop(lambda i: i < 5, body, (tf.constant(0),))

    train()
    assert float(x) == pytest.approx(-0.2, rel=1e-4)
    assert int(optimizer.iterations) == 2
