"""Loss scaling: the scale, the skipped steps, and everything passed on to the inner optimizer."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import optimizers
from tfk.optimizers import SGD, Adam
from tfk.optimizers.dynamic_scale import next_scale
from tfk.optimizers.loss_scale import LossScaleOptimizer


def scaled_step(optimizer, variable, factor=1.0):
    with tf.GradientTape() as tape:
        loss = optimizer.get_scaled_loss(tf.reduce_sum(variable**2) * factor)
    gradients = optimizer.get_unscaled_gradients(tape.gradient(loss, [variable]))
    optimizer.apply_gradients(zip(gradients, [variable]))


@pytest.mark.parametrize(
    "scale, good, finite, expected",
    [
        (8.0, 0, True, (8.0, 1)),
        (8.0, 2, True, (16.0, 0)),
        (8.0, 2, False, (4.0, 0)),
        (1.0, 0, False, (1.0, 0)),
        (3e38, 2, True, (3e38, 0)),  # does not grow to infinity
    ],
)
def test_next_scale(scale, good, finite, expected):
    result = next_scale(
        tf.constant(scale), tf.constant(good, tf.int64), tf.constant(finite), growth_steps=3
    )
    assert [float(value) for value in result] == pytest.approx(list(expected))


def test_twelve_steps_next_to_keras():
    tf_keras = pytest.importorskip("tf_keras")
    logs = []
    for wrap, inner in (
        (tf_keras.mixed_precision.LossScaleOptimizer, tf_keras.optimizers.Adam),
        (LossScaleOptimizer, Adam),
    ):
        optimizer, x = wrap(inner(0.1), dynamic_growth_steps=3), tf.Variable([1.0, 2.0])
        log = []
        for i in range(12):
            scaled_step(optimizer, x, float("inf") if i in (4, 5) else 1.0)
            log += [
                *x.numpy(),
                float(optimizer.loss_scale),
                int(optimizer.dynamic_counter),
                int(optimizer.iterations),
            ]
        logs.append(log)
    np.testing.assert_allclose(logs[1], logs[0], rtol=1e-6)
    assert int(optimizer.skipped_steps) == 2


@pytest.mark.parametrize("jit_compile", [False, True])
def test_inside_a_while_loop(jit_compile):
    x, optimizer = tf.Variable([1.0, 2.0]), LossScaleOptimizer(SGD(0.25), dynamic_growth_steps=2)
    optimizer.build([x])

    @tf.function(autograph=False, jit_compile=jit_compile)
    def train():
        def body(i):
            scaled_step(optimizer, x, tf.where(i == 1, np.float32("nan"), 1.0))
            return (i + 1,)

        return tf.while_loop(lambda i: i < 4, body, (tf.constant(0),))

    train()
    np.testing.assert_allclose(x, [0.125, 0.25])
    assert (int(optimizer.skipped_steps), int(optimizer.iterations)) == (1, 4)
    assert (
        float(optimizer.loss_scale) == 2.0**15
    )  # halved by the second step, doubled by the fourth


def test_fixed_scale():
    x, optimizer = tf.Variable(1.0), LossScaleOptimizer(SGD(0.25), dynamic=False, initial_scale=4)
    assert float(optimizer.get_scaled_loss(lambda: tf.constant(3.0))()) == 12.0
    assert [
        g if g is None else float(g)
        for g in optimizer.get_unscaled_gradients([tf.constant(8.0), None])
    ] == [2.0, None]
    optimizer.minimize(lambda: x**2, [x])
    assert float(x) == 0.5
    assert (optimizer.dynamic_counter, optimizer.dynamic_growth_steps, optimizer.skipped_steps) == (
        None,
    ) * 3
    assert optimizer.get_config()["initial_scale"] == 4.0


def test_float16_gradients_survive():
    """A gradient of 1e-8 is zero in float16, unless the loss is scaled."""
    x, optimizer = (
        tf.Variable(1.0),
        LossScaleOptimizer(SGD(1e8), dynamic=False, initial_scale=2.0**15),
    )

    def loss():
        return tf.cast(tf.cast(x, tf.float16) * tf.constant(1.0, tf.float16), tf.float32) * 1e-8

    optimizer.minimize(loss, [x])
    assert float(x) == pytest.approx(0.0, abs=0.02)


def test_sparse_gradients():
    optimizer = LossScaleOptimizer(SGD(1.0), initial_scale=4.0)
    rows = tf.IndexedSlices(tf.constant([[4.0]]), tf.constant([1]), tf.constant([3, 1]))
    (unscaled,) = optimizer.get_unscaled_gradients([rows])
    assert isinstance(unscaled, tf.IndexedSlices)
    assert unscaled.values.numpy().tolist() == [[1.0]]


def test_settings_of_the_inner_optimizer_show_through():
    inner = Adam(0.5, beta_1=0.8, use_ema=True, name="Mine")
    optimizer, x = LossScaleOptimizer(inner), tf.Variable(1.0)
    optimizer.build([x])
    assert optimizer.inner_optimizer is inner
    assert (optimizer.name, optimizer.beta_1, optimizer.use_ema) == ("Mine", 0.8, True)
    optimizer.learning_rate = 0.25
    optimizer.ema_momentum = 0.5
    assert (float(inner.lr), float(optimizer.lr), inner.ema_momentum) == (0.25, 0.25, 0.5)
    assert [v.name for v in optimizer.variables] == [v.name for v in inner.variables]
    assert optimizer.iterations is inner.iterations
    optimizer.beta_2, optimizer.clipnorm = 0.5, 2.0
    assert (inner.beta_2, inner.clipnorm) == (0.5, 2.0)
    with pytest.raises(AttributeError):
        _ = optimizer.no_such_setting


def test_config_and_names():
    optimizer = LossScaleOptimizer(Adam(0.5), initial_scale=8.0, dynamic_growth_steps=7)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    assert type(again.inner_optimizer) is Adam
    tf_keras = pytest.importorskip("tf_keras")
    theirs = tf_keras.mixed_precision.LossScaleOptimizer(tf_keras.optimizers.Adam(0.5))
    assert type(optimizers.deserialize(tf_keras.optimizers.serialize(theirs))) is LossScaleOptimizer


def test_checkpoint_is_that_of_the_inner_optimizer_with_the_scale(tmp_path):
    tf_keras = pytest.importorskip("tf_keras")
    variables = [tf.Variable(1.0, name="x")]
    ours = LossScaleOptimizer(Adam(0.1), initial_scale=64.0)
    theirs = tf_keras.mixed_precision.LossScaleOptimizer(
        tf_keras.optimizers.Adam(0.1), initial_scale=32.0
    )
    keys = []
    for optimizer in (ours, theirs):
        scaled_step(optimizer, variables[0])
        path = tf.train.Checkpoint(optimizer=optimizer).write(
            str(tmp_path / type(optimizer).__module__)
        )
        keys.append({key for key, _ in tf.train.list_variables(path)})
    assert {key for key in keys[0] if "skipped" not in key} == keys[1]
    again = LossScaleOptimizer(Adam(0.1))
    again.build(variables)
    tf.train.Checkpoint(optimizer=again).read(path).expect_partial()
    assert (float(again.loss_scale), int(again.dynamic_counter), int(again.iterations)) == (
        32.0,
        1,
        1,
    )
    plain = Adam(0.1)
    plain.build(variables)
    tf.train.Checkpoint(optimizer=plain).read(path).expect_partial()
    np.testing.assert_array_equal(plain.variables[1], theirs.variables[1])


def test_forgotten_calls_are_named():
    x, optimizer = tf.Variable(1.0), LossScaleOptimizer(SGD())
    with pytest.warns(UserWarning, match="get_scaled_loss and get_unscaled_gradients not called"):
        optimizer.apply_gradients([(tf.constant(1.0), x)])


@pytest.mark.parametrize(
    "make, error, message",
    [
        (
            lambda: LossScaleOptimizer("adam"),
            TypeError,
            "expected inner_optimizer to be an Optimizer",
        ),
        (
            lambda: LossScaleOptimizer(LossScaleOptimizer(SGD())),
            TypeError,
            "other than LossScaleOptimizer",
        ),
        (lambda: LossScaleOptimizer(SGD(), dynamic=False), ValueError, "Pass initial_scale"),
        (
            lambda: LossScaleOptimizer(SGD(), False, 1.0, 5),
            ValueError,
            "a fixed scale does not grow",
        ),
        (
            lambda: LossScaleOptimizer(SGD(), initial_scale=0),
            ValueError,
            "initial_scale to be above 0",
        ),
        (
            lambda: LossScaleOptimizer(SGD(), dynamic_growth_steps=0),
            ValueError,
            "dynamic_growth_steps",
        ),
        (
            lambda: LossScaleOptimizer(SGD(), dynamic="yes"),
            TypeError,
            "expected dynamic to be True or False",
        ),
    ],
)
def test_settings_that_do_not_fit(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_one_wrapper_only():
    inner = SGD()
    LossScaleOptimizer(inner)
    with pytest.raises(ValueError, match="wrapped by another LossScaleOptimizer already"):
        LossScaleOptimizer(inner)


@pytest.mark.parametrize("kind", ["new", "legacy"])
def test_methods_of_users_get_what_keras_passes(kind):
    base, seen = (SGD if kind == "new" else optimizers.legacy.SGD), []
    if kind == "new":

        class Own(base):
            def apply_gradients(self, grads_and_vars, skip_gradients_aggregation=False):
                seen.append(skip_gradients_aggregation)
                return super().apply_gradients(
                    grads_and_vars, skip_gradients_aggregation=skip_gradients_aggregation
                )

    else:

        class Own(base):
            def apply_gradients(self, grads_and_vars, experimental_aggregate_gradients=True):
                seen.append(not experimental_aggregate_gradients)
                return super().apply_gradients(
                    grads_and_vars,
                    experimental_aggregate_gradients=experimental_aggregate_gradients,
                )

    optimizer = LossScaleOptimizer(Own(1.0), dynamic=False, initial_scale=2.0)
    variable = tf.Variable(3.0)
    with pytest.warns(UserWarning, match="get_unscaled_gradients not called"):
        optimizer.apply_gradients([(tf.constant(2.0), variable)])
    assert seen == [True] and float(variable) == 1.0
