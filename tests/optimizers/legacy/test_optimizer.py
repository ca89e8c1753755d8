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
@pytest.mark.filterwarnings("ignore:The `lr` argument")
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
    with pytest.raises(KeyError, match=r"v:0 has no slot .*speed.*; its slots are .*momentum"):
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


BUILT_IN = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{}, {"momentum": 0.9}, {"centered": True}, {"centered": True, "momentum": 0.5}],
    "Adam": [{}, {"amsgrad": True}],
    "Adamax": [{}],
    "Nadam": [{}],
    "Adagrad": [{}],
    "Adadelta": [{}],
    "Ftrl": [{}, {"l2_shrinkage_regularization_strength": 0.1, "beta": 0.2}],
}
CASES = [(name, settings) for name, kinds in BUILT_IN.items() for settings in kinds]


@pytest.mark.parametrize("name, settings", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps_on_dense_and_sparse_gradients(name, settings, dtype):
    """Rows named twice, and rows without a gradient, whose slots Keras 2 lets decay."""
    results = []
    for keras in (tfk, tf_keras):
        optimizer = getattr(keras.optimizers.legacy, name)(0.1, **settings)
        dense = tf.Variable(np.linspace(-1, 1, 6).reshape(2, 3), dtype=dtype, name="dense")
        table = tf.Variable(np.linspace(-2, 2, 8).reshape(4, 2), dtype=dtype, name="table")
        for step in range(4):
            rows = tf.IndexedSlices(
                tf.constant([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], dtype) * (step + 1),
                tf.constant([0, 2, 0]),
                tf.constant([4, 2]),
            )
            optimizer.apply_gradients([(tf.cos(dense), dense), (rows, table)])
        names = optimizer.get_slot_names()
        slots = [optimizer.get_slot(v, n).numpy() for v in (dense, table) for n in names]
        results.append([dense.numpy(), table.numpy(), *slots, *optimizer.get_weights()])
    assert len(results[0]) == len(results[1])
    for mine, theirs in zip(*results):
        np.testing.assert_allclose(mine, theirs, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("name, settings", CASES)
def test_configs_equal_keras(name, settings):
    configs = [
        getattr(keras.optimizers.legacy, name)(0.5, clipvalue=1.0, **settings).get_config()
        for keras in (tfk, tf_keras)
    ]
    assert configs[0] == pytest.approx(configs[1])


def decayed(keras):
    """Weight decay around a built-in class, as TensorFlow Addons has it."""

    class AdamW(keras.optimizers.legacy.Adam):
        def __init__(self, weight_decay, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self._set_hyper("weight_decay", weight_decay)

        def minimize(self, loss, var_list, grad_loss=None, name=None, tape=None):
            return super().minimize(loss, var_list, grad_loss=grad_loss, name=name, tape=tape)

        def apply_gradients(self, grads_and_vars, name=None, **kwargs):
            return super().apply_gradients(list(grads_and_vars), name=name, **kwargs)

        def _decay(self, var):
            return var.assign_sub(self._get_hyper("weight_decay", var.dtype) * var)

        def _resource_apply_dense(self, grad, var, apply_state=None):
            with tf.control_dependencies([self._decay(var)]):
                return super()._resource_apply_dense(grad, var, apply_state=apply_state)

        def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
            with tf.control_dependencies([self._decay(var)]):
                return super()._resource_apply_sparse(grad, var, indices, apply_state=apply_state)

    return AdamW


def test_subclasses_of_built_in_classes_train_alike():
    x = np.random.default_rng(0).integers(0, 5, (16, 3))
    results = []
    for keras in (tfk, tf_keras):
        model = keras.Sequential(
            [
                keras.layers.Embedding(5, 4, input_length=3),
                keras.layers.Flatten(),
                keras.layers.Dense(1),
            ]
        )
        model.build((None, 3))
        model.set_weights(
            [np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()]
        )
        model.compile(decayed(keras)(0.1, learning_rate=0.01), "mse")
        losses = model.fit(x, np.ones((16, 1)), epochs=3, verbose=0, shuffle=False)
        results.append([losses.history["loss"], *model.get_weights()])
    for mine, theirs in zip(*results):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_wrappers_of_another_optimizer():
    """A moving average that calls the update of the optimizer within."""

    def averaging(keras):
        class Average(keras.optimizers.legacy.Optimizer):
            def __init__(self, inner, name="Average", **kwargs):
                super().__init__(name, **kwargs)
                self._optimizer = inner

            def _create_slots(self, var_list):
                self._optimizer._create_slots(var_list=var_list)
                for var in var_list:
                    self.add_slot(var, "average", var.read_value())

            def _create_hypers(self):
                self._optimizer._create_hypers()

            def _prepare(self, var_list):
                return self._optimizer._prepare(var_list=var_list)

            def apply_gradients(self, grads_and_vars, name=None, **kwargs):
                self._optimizer._iterations = self.iterations
                return super().apply_gradients(grads_and_vars, name, **kwargs)

            def _resource_apply_dense(self, grad, var):
                train = self._optimizer._resource_apply_dense(grad, var)
                with tf.control_dependencies([train]):
                    slot = self.get_slot(var, "average")
                    return tf.group(train, slot.assign(0.5 * slot + 0.5 * var))

        return Average(keras.optimizers.legacy.SGD(0.1, momentum=0.5))

    values = []
    for keras in (tfk, tf_keras):
        optimizer, variable = averaging(keras), tf.Variable([1.0, 2.0])

        @tf.function
        def step(optimizer=optimizer, variable=variable):
            optimizer.apply_gradients([(2.0 * variable, variable)])

        for _ in range(3):
            step()
        values.append((variable.numpy(), optimizer.get_slot(variable, "average").numpy()))
    np.testing.assert_allclose(*values, rtol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "Nadam", "Ftrl"])
def test_variables_that_come_later(name):
    results = []
    for keras in (tfk, tf_keras):
        optimizer = getattr(keras.optimizers.legacy, name)(0.1)
        first, second = tf.Variable([1.0, 2.0]), tf.Variable([[3.0]])
        optimizer.apply_gradients([(tf.constant([1.0, 1.0]), first)])
        optimizer.apply_gradients([(tf.constant([[1.0]]), second)])
        optimizer.apply_gradients(
            [(tf.constant([1.0, 1.0]), first), (tf.constant([[1.0]]), second)]
        )
        results.append([first.numpy(), second.numpy(), *optimizer.get_weights()])
    for mine, theirs in zip(*results):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)


def test_hyperparameters_are_variables_that_traced_functions_follow():
    optimizer = tfk.optimizers.legacy.SGD(1.0, momentum=0.5)
    variable = tf.Variable(0.0)

    @tf.function
    def step():
        optimizer.apply_gradients([(tf.constant(1.0), variable)])

    step()  # v = -1
    tfk.backend.set_value(optimizer.momentum, 0.25)
    step()  # v = -1.25
    optimizer.momentum = 0.0
    step()  # v = -1
    assert float(variable) == -3.25 and optimizer.get_config()["momentum"] == 0.0


def test_functions_as_hyperparameters():
    results = []
    for keras in (tfk, tf_keras):
        values = iter([0.9, 0.9, 0.5, 0.5, 0.1, 0.1, 0.1])
        now = [next(values)]
        optimizer = keras.optimizers.legacy.Adadelta(lambda: 2.0, rho=lambda now=now: now[0])
        variable = tf.Variable([1.0, 2.0])
        for rho in (0.9, 0.5):
            now[0] = rho
            optimizer.apply_gradients([(tf.constant([0.1, 0.2]), variable)])
        results.append(variable.numpy())
    np.testing.assert_allclose(*results, rtol=1e-6)


def test_gradient_of_the_loss():
    results = []
    for keras in (tfk, tf_keras):
        variable = tf.Variable([1.0, 2.0])
        optimizer = keras.optimizers.legacy.SGD(1.0)
        loss = lambda variable=variable: 3.0 * variable  # noqa: E731
        optimizer.minimize(loss, [variable], grad_loss=tf.constant([1.0, 0.5]))
        results.append(variable.numpy())
    np.testing.assert_array_equal(results[0], [-2.0, 0.5])
    np.testing.assert_array_equal(*results)


def test_own_aggregation_and_transformations():
    def double(pairs):
        return [(2.0 * gradient, variable) for gradient, variable in pairs]

    variable = tf.Variable(1.0)
    optimizer = tfk.optimizers.legacy.SGD(
        0.1, gradient_aggregator=double, gradient_transformers=[double]
    )
    optimizer.apply_gradients([(tf.constant(1.0), variable)])
    assert float(variable) == pytest.approx(0.6)


def test_iterations_can_be_replaced_before_the_first_update():
    counter = tf.Variable(7, dtype=tf.int64)
    optimizer = tfk.optimizers.legacy.Adam()
    optimizer.iterations = counter
    optimizer.apply_gradients([(tf.constant(1.0), tf.Variable(1.0))])
    assert int(counter) == 8 and optimizer.weights[0] is counter
    with pytest.raises(RuntimeError, match="before the optimizer is built"):
        optimizer.iterations = tf.Variable(0, dtype=tf.int64)


def test_a_graph_of_tensorflow_1_updates_by_one_operation():
    for name in ("SGD", "Ftrl", "Nadam"):
        eager = tf.Variable([1.0, 2.0])
        optimizer = getattr(tfk.optimizers.legacy, name)(0.1)
        for _ in range(2):
            optimizer.apply_gradients([(tf.constant([0.1, 0.2]), eager)])
        expected = eager.numpy()
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            variable = tf.Variable([1.0, 2.0])
            optimizer = getattr(tfk.optimizers.legacy, name)(0.1)
            update = optimizer.apply_gradients([(tf.constant([0.1, 0.2]), variable)])
            session.run(tf.compat.v1.global_variables_initializer())
            for _ in range(2):
                update.run()
            np.testing.assert_allclose(session.run(variable), expected, rtol=1e-6)


def test_an_optimizer_without_a_learning_rate():
    class Flip(tfk.optimizers.legacy.Optimizer):
        def __init__(self, name="Flip", **kwargs):
            super().__init__(name, **kwargs)
            self.iterations = tf.Variable(5, dtype=tf.int64)

        def _resource_apply_dense(self, grad, var, apply_state=None):
            return var.assign(-var)

        _resource_apply_sparse = None

    optimizer = Flip()
    variable = tf.Variable(2.0)
    optimizer.apply_gradients([(tf.constant(1.0), variable)])
    assert (float(variable), int(optimizer.iterations)) == (-2.0, 6)
