"""Optimizers that users wrote before Keras 2.11 give under tfk what they give under tf_keras."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk


def heavy_ball(keras):
    """An optimizer as people wrote them, for one of the two packages."""

    class HeavyBall(keras.optimizers.legacy.Optimizer):
        def __init__(self, learning_rate=0.01, momentum=0.9, name="HeavyBall", **kwargs):
            super().__init__(name, **kwargs)
            self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
            self._set_hyper("decay", self._initial_decay)
            self._set_hyper("momentum", momentum)

        def _create_slots(self, var_list):
            for var in var_list:
                self.add_slot(var, "momentum")

        def _prepare_local(self, var_device, var_dtype, apply_state):
            super()._prepare_local(var_device, var_dtype, apply_state)
            apply_state[(var_device, var_dtype)]["momentum"] = self._get_hyper(
                "momentum", var_dtype
            )

        def _resource_apply_dense(self, grad, var, apply_state=None):
            dtype = var.dtype.base_dtype
            state = (apply_state or {}).get((var.device, dtype)) or self._fallback_apply_state(
                var.device, dtype
            )
            slot = self.get_slot(var, "momentum")
            slot_t = slot.assign(slot * state["momentum"] - grad * (1 - state["momentum"]))
            return var.assign_add(state["lr_t"] * slot_t)

        def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
            return self._resource_scatter_add(
                var, indices, -self._decayed_lr(var.dtype.base_dtype) * grad
            )

        def get_config(self):
            names = ("learning_rate", "decay", "momentum")
            return {
                **super().get_config(),
                **{name: self._serialize_hyperparameter(name) for name in names},
            }

    return HeavyBall


@pytest.mark.parametrize(
    "settings", [{}, {"decay": 0.1, "momentum": 0.5}, {"lr": 0.1, "clipnorm": 0.5}]
)
def test_steps_equal_keras(settings):
    results = []
    for keras in (tfk, tf_keras):
        optimizer = heavy_ball(keras)(**settings)
        weights = tf.Variable([[1.0, -2.0], [0.5, 3.0]], name="weights")
        table = tf.Variable(np.arange(8.0, dtype="float32").reshape(4, 2), name="table")
        for step in range(4):
            with tf.GradientTape() as tape:
                rows = tf.gather(table, [0, 2, 2])
                loss = tf.reduce_sum(tf.square(tf.matmul(rows, weights)))
            optimizer.apply_gradients(zip(tape.gradient(loss, [weights, table]), [weights, table]))
            if step == 1:
                optimizer.momentum = 0.2
                optimizer.learning_rate = 0.003
        results.append(
            (weights.numpy(), table.numpy(), optimizer.get_slot(weights, "momentum").numpy())
        )
        config = optimizer.get_config()
        assert config["momentum"] == pytest.approx(0.2) and config[
            "learning_rate"
        ] == pytest.approx(0.003)
    for mine, theirs in zip(*results):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)


def test_trains_and_resumes(tmp_path):
    path = str(tmp_path / "model.keras")
    custom = heavy_ball(tfk)
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    model = tfk.Sequential(
        [tfk.layers.Dense(3, activation="relu", input_shape=(4,)), tfk.layers.Dense(1)]
    )
    model.compile(custom(learning_rate=0.05), "mse")
    losses = model.fit(x, x[:, :1], epochs=4, verbose=0, shuffle=False).history["loss"]
    assert losses[-1] < losses[0]
    model.save(path)
    again = tfk.models.load_model(path, custom_objects={"HeavyBall": custom})
    assert again.train_on_batch(x, x[:, :1]) == model.train_on_batch(x, x[:, :1])
    for mine, other in zip(again.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(mine, other)


def test_missing_slot_is_named():
    optimizer = heavy_ball(tfk)()
    variable = tf.Variable(1.0, name="v")
    optimizer.build([variable])
    with pytest.raises(ValueError, match=r"v:0 has no slot 'speed'; its slots are \['momentum'\]"):
        optimizer.get_slot(variable, "speed")


@pytest.mark.parametrize("name", ["SGD", "Adam"])
@pytest.mark.parametrize("kind", ["decay", "schedule", "number"])
def test_a_metric_of_the_rate_shows_that_of_the_next_step(name, kind):
    """The metric that tutorials write; it is updated after the variables."""
    x = np.ones((8, 2), "float32")
    seen = []
    for keras in (tfk, tf_keras):
        rate = (
            keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
            if kind == "schedule"
            else 0.1
        )
        settings = {"decay": 0.5} if kind == "decay" else {}
        optimizer = getattr(keras.optimizers.legacy, name)(rate, **settings)

        def lr(y_true, y_pred, optimizer=optimizer):
            return optimizer._decayed_lr(tf.float32)

        model = keras.Sequential([keras.layers.Dense(2, input_shape=(2,))])
        model.compile(optimizer, "mse", metrics=[lr])
        history = model.fit(x, x, batch_size=4, epochs=3, verbose=0).history
        seen.append([*history["lr"], *model.evaluate(x, x, verbose=0)[1:]])
    np.testing.assert_allclose(*seen, rtol=1e-6)
