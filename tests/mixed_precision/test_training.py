"""Training under mixed_float16 on a CPU: against a loop written by hand, and when gradients
overflow.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(24, 4)).astype("float32")
Y = (X[:, :1] - X[:, 1:2]).astype("float32")
RATE, SCALE = 0.05, 1024.0


def model_of(policy="mixed_float16", growth_steps=2, loss="mse"):
    tfk.mixed_precision.set_global_policy(policy)
    model = tfk.Sequential(
        [
            tfk.layers.Dense(8, "tanh", input_shape=(4,)),
            tfk.layers.Dense(1),
            tfk.layers.Activation("linear", dtype="float32"),
        ]
    )
    scaled = tfk.mixed_precision.LossScaleOptimizer(
        tfk.optimizers.SGD(RATE), initial_scale=SCALE, dynamic_growth_steps=growth_steps
    )
    model.compile(scaled, loss)
    return model


def test_equals_a_loop_written_by_hand():
    model = model_of()
    weights = [tf.Variable(weight) for weight in model.get_weights()]
    history = model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)

    scale, good, losses = SCALE, 0, []
    for _ in range(2):
        losses.append([])
        for x, y in zip(np.split(X, 3), np.split(Y, 3)):
            with tf.GradientTape() as tape:
                w1, b1, w2, b2 = (tf.cast(weight, tf.float16) for weight in weights)
                hidden = tf.tanh(tf.cast(x, tf.float16) @ w1 + b1)
                loss = tf.reduce_mean(tf.square(tf.cast(hidden @ w2 + b2, tf.float32) - y))
                scaled = loss * scale
            gradients = [tf.cast(g, tf.float32) / scale for g in tape.gradient(scaled, weights)]
            losses[-1].append(float(loss))
            for weight, gradient in zip(weights, gradients):
                weight.assign_sub(RATE * gradient)
            good += 1
            if good == 2:
                scale, good = scale * 2, 0

    np.testing.assert_allclose(history.history["loss"], np.mean(losses, axis=1), rtol=1e-3)
    for ours, by_hand in zip(model.get_weights(), weights):
        np.testing.assert_allclose(ours, by_hand, atol=1e-4)
    assert float(model.optimizer.loss_scale) == scale == SCALE * 8
    assert history.history["skipped_steps"] == [0, 0]


def test_overflow_skips_the_step_and_halves_the_scale():
    model = model_of(growth_steps=100)
    y = Y.copy()
    y[8:16] = 1e6  # the gradients of the second of three batches overflow float16
    before = model.get_weights()
    model.fit(X[8:16], y[8:16], batch_size=8, verbose=0)
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)
    assert float(model.optimizer.loss_scale) == SCALE / 2
    history = model.fit(X, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    assert history.history["skipped_steps"] == [2, 3]
    assert float(model.optimizer.loss_scale) == SCALE / 2**3
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert any(np.any(old != new) for old, new in zip(before, model.get_weights()))


def test_skipped_steps_are_reported_only_where_the_scale_is_dynamic():
    model = model_of(policy="mixed_bfloat16")
    model.compile("sgd", "mse")
    assert list(model.fit(X, Y, verbose=0).history) == ["loss"]
    assert model.layers[0].kernel.dtype == tf.float32
    assert model.predict(X, verbose=0).dtype == np.float32


def test_fit_scales_the_loss_by_itself():
    model = model_of()
    model.compile("sgd", "mse")
    assert isinstance(model.optimizer, tfk.mixed_precision.LossScaleOptimizer)
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert list(logs) == ["loss"]


@pytest.mark.parametrize("scale", [{"dynamic_growth_steps": 2}, {"dynamic": False}])
def test_training_loop_of_ones_own_equals_fit(scale):
    scale = {"initial_scale": 512.0, **scale}
    fitted, looped = model_of(), model_of()
    looped.set_weights(fitted.get_weights())
    fitted.compile(
        tfk.mixed_precision.LossScaleOptimizer(tfk.optimizers.Adam(RATE), **scale), "mse"
    )
    fitted.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)

    optimizer = tfk.mixed_precision.LossScaleOptimizer(tfk.optimizers.Adam(RATE), **scale)
    loss_function, variables = tfk.losses.MeanSquaredError(), looped.trainable_variables

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_function(y, looped(x, training=True))
            scaled = optimizer.get_scaled_loss(loss)
        gradients = optimizer.get_unscaled_gradients(tape.gradient(scaled, variables))
        optimizer.apply_gradients(zip(gradients, variables))
        return loss, scaled

    for x, y in 2 * list(zip(np.split(X, 3), np.split(Y, 3))):
        before = float(optimizer.loss_scale)
        loss, scaled = step(x, y)
        assert float(scaled) == pytest.approx(before * float(loss))
    for ours, by_hand in zip(fitted.get_weights(), looped.get_weights()):
        np.testing.assert_allclose(ours, by_hand, atol=1e-6)
    assert float(fitted.optimizer.loss_scale) == float(optimizer.loss_scale)
    assert float(optimizer.loss_scale) == (512.0 * 8 if optimizer.dynamic else 512.0)


def test_layers_may_have_policies_of_their_own():
    tfk.mixed_precision.set_global_policy("float32")
    inputs = tfk.Input((4,))
    half = tfk.layers.Dense(3, dtype=tfk.mixed_precision.Policy("mixed_float16"))
    brain = tfk.layers.Dense(3, dtype="mixed_bfloat16")
    plain = tfk.layers.Dense(1)
    outputs = [half(inputs)]
    outputs.append(brain(outputs[0]))
    outputs.append(plain(outputs[1]))
    assert [tensor.dtype for tensor in outputs] == [tf.float16, tf.bfloat16, tf.float32]
    assert {weight.dtype for layer in (half, brain, plain) for weight in layer.weights} == {
        tf.float32
    }
    model = tfk.Model(inputs, outputs[-1])
    model.compile("sgd", "mse")
    losses = model.fit(X, Y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_cross_entropies_are_taken_in_float32():
    tfk.mixed_precision.set_global_policy("mixed_float16")
    model = tfk.Sequential([tfk.Input((1,)), tfk.layers.Dense(2, "softmax", use_bias=False)])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([np.array([[30.0, -30.0]])])
    assert model.predict(np.ones((1, 1)), verbose=0).tolist() == [
        [1.0, 0.0]
    ]  # exp(-60) is no number of 16 bits
    assert model.evaluate(np.ones((1, 1)), [1], verbose=0) == pytest.approx(60)


def test_metrics_are_counted_in_float32():
    tfk.mixed_precision.set_global_policy("mixed_float16")
    model = tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(1)])
    model.compile("sgd", "mae", metrics=["mse"])
    assert model.outputs[0].dtype == tf.float16
    # Squares of 400 are beyond float16, as is a sum of 1,000 rows.
    loss, squares = model.evaluate(np.zeros((1000, 4)), np.full((1000, 1), 400.0), verbose=0)
    assert loss == pytest.approx(400) and squares == pytest.approx(160_000)
    assert {variable.dtype for metric in model.metrics for variable in metric.variables} == {
        tf.float32
    }
