"""The methods of a model that trains: what they accept, refuse, return and leave behind."""

import gc
import os
import pathlib
import re
import subprocess
import sys
import weakref

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.engine.training import xla_rule
from tfk.engine.training.eager_loop import FunctionLoop
from tfk.engine.training.loops import compiled_loop
from tfk.engine.training.loss_metrics import _sum

RNG = np.random.default_rng(11)
X = RNG.normal(size=(20, 4)).astype("float32")
Y = RNG.normal(size=(20, 1)).astype("float32")
IDS = RNG.integers(0, 3, 20)


def dense(units=1, activation=None, **compile_arguments):
    model = tfk.Sequential(
        [tfk.Input((4,)), tfk.layers.Dense(units, activation=activation, name="out")]
    )
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compile_arguments})
    return model


def with_loss_of_inner_tensors():
    """Like the variational autoencoders of old programs, whose loss function uses the latent
    mean.
    """
    x = tfk.Input((4,))
    mean = tfk.layers.Dense(2)(x)
    model = tfk.Model(x, tfk.layers.Dense(1, name="out")(mean))
    model.compile("sgd", lambda y, p: tf.reduce_mean((y - p) ** 2) + tf.reduce_mean(mean**2))
    return model


def two_outputs(**compile_arguments):
    x = tfk.Input((4,), name="rows")
    model = tfk.Model(
        x, [tfk.layers.Dense(1, name="left")(x), tfk.layers.Dense(3, name="right")(x)]
    )
    model.compile("sgd", **compile_arguments)
    return model


# Refused
# --------------------------------------------------------------------------------------------------

CLASSES = {"units": 3, "activation": "softmax"}
SPARSE = {**CLASSES, "loss": "sparse_categorical_crossentropy"}

REFUSED = {
    "loss of inner tensors": (
        lambda: with_loss_of_inner_tensors().fit(X, Y),
        TypeError,
        "model.add_loss",
    ),
    "fit before compile": (
        lambda: tfk.Sequential([tfk.layers.Dense(1)]).fit(X, Y),
        RuntimeError,
        "must compile",
    ),
    "no targets": (lambda: dense().fit(X), ValueError, "needs targets"),
    "no loss": (lambda: dense(loss=None).fit(X, Y), ValueError, "no loss to minimize"),
    "lengths": (lambda: dense().fit(X, Y[:3]), ValueError, "ambiguous"),
    "empty": (lambda: dense().fit(X[:0], Y[:0]), ValueError, "non-empty"),
    "columns of inputs": (lambda: dense().fit(X[:, :3], Y), ValueError, "4|\\(None, 3\\)"),
    "columns of targets": (
        lambda: dense().fit(X, np.ones((20, 3))),
        ValueError,
        '"out".*\\(20, 3\\)',
    ),
    "ids for one-hot loss": (
        lambda: dense(**CLASSES, loss="categorical_crossentropy").fit(X, IDS),
        ValueError,
        "sparse_categorical_crossentropy",
    ),
    "id out of range": (
        lambda: dense(**SPARSE).fit(X, IDS + 1),
        ValueError,
        "class ids must be in",
    ),
    "id out of range in the last row": (
        lambda: dense(**SPARSE).fit(X, np.append(IDS[:-1], 7), batch_size=4),
        ValueError,
        "got 7",
    ),
    "text targets": (lambda: dense().fit(X, np.array(["a"] * 20)), TypeError, "string"),
    "unknown output in loss": (
        lambda: two_outputs(loss={"wrong": "mse"}).fit(X, [Y, Y]),
        ValueError,
        "wrong",
    ),
    "unknown output in targets": (
        lambda: two_outputs(loss="mse").fit(X, {"left": Y, "wrong": Y}),
        ValueError,
        "targets.*wrong",
    ),
    "number of losses": (
        lambda: two_outputs(loss=["mse"] * 3).fit(X, [Y, Y]),
        ValueError,
        "one entry for each output",
    ),
    "missing input": (
        lambda: two_outputs(loss="mse").fit({"other": X}, [Y, X[:, :3]]),
        ValueError,
        "rows",
    ),
    "NaN on request": (
        lambda: dense(validate_data="finite").fit(np.where(X == X[3, 1], np.nan, X), Y),
        ValueError,
        "1 values that are NaN.*\\(3, 1\\)",
    ),
    "custom step without a dict": (lambda: Fives().fit_with("loss"), TypeError, "expected a dict"),
    "inside a tf.function": (
        lambda: tf.function(lambda: dense().fit(X, Y), autograph=False)(),
        RuntimeError,
        "inside a tf.function",
    ),
    "jit and eager": (lambda: dense(jit_compile=True, run_eagerly=True), ValueError, "choose one"),
    "unknown compile argument": (lambda: dense(losses="mse"), TypeError, "losses"),
    "target tensors": (lambda: dense(target_tensors=[1]), ValueError, "target_tensors"),
    "steps_per_execution": (
        lambda: dense(steps_per_execution=0),
        ValueError,
        "steps_per_execution",
    ),
    "validate_data": (lambda: dense(validate_data="all"), ValueError, "validate_data"),
    "same metric object twice": (lambda: dense(metrics=[MAE, MAE]), ValueError, "more than once"),
    "same metric name twice": (
        lambda: dense(metrics=["mae", "mae"]).fit(X, Y),
        ValueError,
        "two metrics are called",
    ),
    "validation_freq": (
        lambda: dense().fit(X, Y, validation_freq=0),
        ValueError,
        "validation_freq",
    ),
    "validation_split": (
        lambda: dense().fit(X, Y, validation_split=1.5),
        ValueError,
        "validation_split",
    ),
    "epochs": (lambda: dense().fit(X, Y, epochs=0), ValueError, "epochs"),
    "evaluate arguments": (lambda: dense().evaluate(X, Y, foo=1), TypeError, "foo"),
    "used up generator": (lambda: dense().fit(iter(())), ValueError, "no batch"),
}

MAE = tfk.metrics.MeanAbsoluteError()


class Fives(tfk.Model):
    """A model whose train_step returns what it is told to."""

    def fit_with(self, result):
        self.result = result
        self.compile("sgd")
        return self.fit(X, verbose=0)

    def train_step(self, data):
        return self.result if isinstance(self.result, str) else self.result(data)


@pytest.mark.parametrize("case", REFUSED)
def test_one_clear_error(case):
    call, kind, message = REFUSED[case]
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert re.search(message, text, re.S), text
    assert len(text.splitlines()) <= 3, text


def test_checks_can_be_left_out():
    model = dense(validate_data=False)
    model.fit(X, np.ones((20, 3)), verbose=0)  # broadcast, as in Keras 2
    assert np.isfinite(model.evaluate(X, np.ones((20, 3)), verbose=0))


def test_xla_names_the_layer_it_cannot_compile():
    class Python(tfk.layers.Layer):
        def call(self, inputs):
            value = tf.stop_gradient(tf.py_function(lambda x: x, [inputs], tf.float32))
            return inputs + tf.reshape(value, tf.shape(inputs))

    model = tfk.Sequential([tfk.Input((4,)), Python(name="odd_one"), tfk.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(ValueError, match="odd_one.*EagerPyFunc"):
        model.fit(X, Y, verbose=0)


# Overrides
# --------------------------------------------------------------------------------------------------


def test_custom_steps_may_branch_on_tensors_and_return_what_they_like():
    def logs(data):
        positive = data[:1, 0]
        if positive[0] > 0:
            positive = positive * 0.0
        return {"rows": tf.shape(data)[0], "first": positive, "constant": 2.0}

    class Own(tfk.Model):
        def train_step(self, data):
            return logs(data)

        def test_step(self, data):
            return {"count": tf.shape(data)[0]}

        def predict_step(self, data):
            return data[:, :1] * 2.0

    model = Own()
    model.compile()
    history = model.fit(X, batch_size=8, verbose=0).history
    assert (
        history["rows"] == [4]
        and history["constant"] == [2.0]
        and history["first"][0].shape == (1,)
    )
    assert model.evaluate(X, batch_size=8, verbose=0, return_dict=True) == {"count": 4}
    np.testing.assert_array_equal(model.predict(X, batch_size=8, verbose=0), X[:, :1] * 2)
    np.testing.assert_array_equal(model.predict(X[:3]), X[:3, :1] * 2)


def test_compute_loss_compute_metrics_and_results_can_be_overridden():
    class Own(tfk.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return super().compute_loss(x, y, y_pred, sample_weight) + 100.0

        def compute_metrics(self, x, y, y_pred, sample_weight):
            return {**super().compute_metrics(x, y, y_pred, sample_weight), "rows": tf.shape(x)[0]}

    model = Own([tfk.Input((4,)), tfk.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=8, verbose=0).history
    assert list(history) == ["loss", "mae", "rows"] and history["rows"] == [4]


def test_make_train_function_can_be_overridden():
    calls = []

    class Own(tfk.Sequential):
        def make_train_function(self, force=False):
            step = tf.function(lambda iterator: self.train_step(next(iterator)))

            def train(iterator):
                calls.append(1)
                return step(iterator)

            return train

    def weights(kind, data):
        tfk.utils.set_random_seed(3)
        model = kind([tfk.Input((4,)), tfk.layers.Dense(1)])
        model.compile("sgd", "mse")
        history = model.fit(*data, verbose=0, epochs=2, shuffle=False)
        return history.history["loss"], model

    for data in ((X, Y, 8), (tf.data.Dataset.from_tensor_slices((X, Y)).batch(8),)):
        calls.clear()
        own, model = weights(Own, data)
        plain, _ = weights(tfk.Sequential, data)
        np.testing.assert_allclose(own, plain, rtol=1e-5)
        assert len(calls) == 6 and callable(model.train_function)
    assert FunctionLoop.__doc__


def test_train_function_in_a_loop_of_ones_own():
    model = dense(metrics=["mae"])
    train = model.make_train_function()
    batches = iter(tf.data.Dataset.from_tensor_slices((X, Y)).batch(8))
    losses = [float(train(batches)["loss"]) for _ in range(3)]
    assert len(losses) == 3 and train is model.make_train_function()
    assert train is not model.make_train_function(force=True)
    with pytest.raises(StopIteration):
        train(batches)


def test_frozen_layers_stay_frozen_until_the_next_compile():
    model = tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(2), tfk.layers.Dense(1)])
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.layers[0].trainable = True  # has no effect yet
    before = model.layers[0].get_weights()[0]
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(before, model.layers[0].get_weights()[0])
    assert model.layers[0].trainable
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert np.abs(before - model.layers[0].get_weights()[0]).max() > 0


def test_deferred_models_are_built_before_callbacks_start():
    class Small(tfk.Model):
        def __init__(self):
            super().__init__()
            self.out = tfk.layers.Dense(1)

        def call(self, x):
            return self.out(x)

    class Look(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seen = (
                len(self.model.weights),
                self.model.metrics_names,
                len(self.model.optimizer.variables),
            )

    model, look = Small(), Look()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0, callbacks=[look])
    assert look.seen[:2] == (2, ["loss", "mae"]) and look.seen[2] >= 5


# Results
# --------------------------------------------------------------------------------------------------


def test_history_and_logs_are_python_numbers():
    history = dense(metrics=["mae"]).fit(X, Y, epochs=2, verbose=0)
    assert history.epoch == [0, 1] and all(type(value) is float for value in history.history["mae"])


def test_predict_gives_the_structure_of_the_outputs():
    x = tfk.Input((4,))
    model = tfk.Model(x, {"a": tfk.layers.Dense(1)(x), "b": tfk.layers.Dense(2)(x)})
    whole = model.predict(X, batch_size=6, verbose=0)
    assert whole["a"].shape == (20, 1) and whole["b"].shape == (20, 2)
    np.testing.assert_allclose(model.predict(X[:2])["b"], whole["b"][:2], rtol=1e-5)
    single = model.predict_on_batch(X[:2])
    np.testing.assert_allclose(single["b"], whole["b"][:2], rtol=1e-5)


def test_predict_joins_ragged_outputs():
    model = tfk.Sequential(
        [tfk.layers.Lambda(lambda x: tf.RaggedTensor.from_tensor(x, padding=0.0))]
    )
    rows = np.array([[1, 0], [2, 3], [4, 0]], "float32")
    assert model.predict(rows, batch_size=2, verbose=0).to_list() == [[1], [2, 3], [4]]


def test_predict_where_batches_differ_in_length():
    model = tfk.Sequential([tfk.layers.Lambda(lambda x: x * 2.0)])
    outputs = model.predict(iter([np.ones((2, 3)), np.ones((1, 2))]), verbose=0)
    assert outputs.to_list() == [[2, 2, 2], [2, 2, 2], [2, 2]]


def test_deprecated_methods_warn_and_work():
    model = dense()
    generator = ((X, Y) for _ in range(6))
    with pytest.warns(DeprecationWarning):
        assert model.fit_generator(generator, steps_per_epoch=2, epochs=1, verbose=0).epoch == [0]
    with pytest.warns(DeprecationWarning):
        assert np.isfinite(model.evaluate_generator(generator, steps=1))
    with pytest.warns(DeprecationWarning):
        assert model.predict_generator(iter([X]), steps=1).shape == (20, 1)


def test_evaluate_warns_of_weights_that_no_metric_takes():
    model = dense(metrics=["mae"])
    with pytest.warns(UserWarning, match="weighted_metrics"):
        model.evaluate(X, Y, sample_weight=np.ones(20), verbose=0)


def test_an_interrupt_leaves_through_on_train_abort():
    class Stop(tfk.callbacks.Callback):
        aborted = None

        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

        def on_train_abort(self, error):
            Stop.aborted = type(error)

    model = dense()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, verbose=0, callbacks=[Stop()])
    assert Stop.aborted is KeyboardInterrupt
    assert model.fit(X, Y, verbose=0).epoch == [0]  # the model is as good as before


def test_settings_can_be_changed_between_fits():
    model = dense()
    model.fit(X, Y, verbose=0)
    model.run_eagerly = True
    model.fit(X, Y, verbose=0)
    model.run_eagerly = False
    model.jit_compile = True
    model.fit(X[:16], Y[:16], batch_size=8, verbose=0)
    assert (
        model.jit_compile is True
        and model.steps_per_execution == 1
        and model.autotune_steps_per_execution
    )
    model.steps_per_execution = 3
    assert not model.autotune_steps_per_execution


def test_learning_rate_changes_reach_the_compiled_loop():
    class Freeze(tfk.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.0 if epoch else 0.1

    model = dense()
    losses = model.fit(
        X, Y, epochs=3, verbose=0, shuffle=False, callbacks=[Freeze()], batch_size=20
    ).history["loss"]
    assert losses[0] != losses[1] == losses[2]


# XLA by itself
# --------------------------------------------------------------------------------------------------


def step_of(model, x=X, y=Y):
    spec = tuple(tf.TensorSpec((4, *part.shape[1:]), part.dtype) for part in (x, y))
    return compiled_loop(model, "train").traced_step(spec)


def test_long_runs_of_small_networks_are_compiled_by_xla():
    step = step_of(dense())
    assert xla_rule.refusals(step) == []
    assert xla_rule.pays(step, 4, 80, steps=100_000) and not xla_rule.pays(step, 4, 80, steps=100)


def test_xla_comes_in_by_itself_and_gives_nearly_the_same(monkeypatch):
    def losses():
        tfk.utils.set_random_seed(2)
        model = dense(optimizer="rmsprop")
        return model.fit(X, Y, batch_size=8, epochs=2, verbose=0).history["loss"], model

    plain, _ = losses()
    monkeypatch.setattr(xla_rule, "PRICE", 0.0)
    monkeypatch.setattr(xla_rule, "PRICE_PER_OPERATION", 0.0)
    compiled, model = losses()
    assert ("train", "loop", False) in model._caches.current(model).loops
    np.testing.assert_allclose(compiled, plain, rtol=1e-4)


def test_short_runs_count_together(monkeypatch):
    def kinds(model):
        return {key[1] for key in model._caches.current(model).loops}

    model = dense()
    step = step_of(model)
    needed = next(n for n in range(1, 10**6) if xla_rule.pays(step, 4, 80, steps=n))
    monkeypatch.setattr(xla_rule, "PRICE", xla_rule.PRICE * 12 / needed)
    monkeypatch.setattr(xla_rule, "PRICE_PER_OPERATION", xla_rule.PRICE_PER_OPERATION * 12 / needed)
    for _ in range(2):  # 5 steps each
        model.fit(X, Y, batch_size=4, verbose=0)
    assert "loop" not in kinds(model)
    model.fit(X[:4], Y[:4], batch_size=4, verbose=0)  # of another size
    assert "loop" not in kinds(model)
    model.fit(X, Y, batch_size=4, verbose=0)
    assert "loop" in kinds(model)
    model.compile("sgd", "mse")  # a new step
    model.fit(X, Y, batch_size=4, verbose=0)
    assert "loop" not in kinds(model)


def test_the_rule_refuses_what_xla_is_slow_at():
    x = tfk.Input((8, 8, 1))
    hidden = tfk.layers.MaxPooling2D(2)(tfk.layers.Conv2D(2, 3)(x))
    model = tfk.Model(x, tfk.layers.Dense(1)(tfk.layers.Flatten()(hidden)))
    model.compile("sgd", "mse")
    images = np.zeros((4, 8, 8, 1), "float32")
    assert {"Conv2D", "MaxPool"} <= set(xla_rule.refusals(step_of(model, images)))


def test_the_rule_looks_into_branches_and_at_seeds():
    class Noisy(tfk.layers.Layer):
        def call(self, inputs):
            return tf.cond(
                inputs[0, 0] > 0,
                lambda: inputs + tf.random.normal(tf.shape(inputs)),
                lambda: inputs,
            )

    model = tfk.Sequential([tfk.Input((4,)), Noisy(), tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert "RandomStandardNormal (seeded)" in xla_rule.refusals(
        step_of(model)
    )  # the tests set a seed


# Reported losses
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [0, 2])
def test_sums_of_losses_do_not_depend_on_whose_memory_is_free(held):
    """`tf.add_n` gives 0 or 8: it begins with the first term that nothing else holds."""

    @tf.function(autograph=False)
    def total(*values):
        terms = [tf.sqrt(value * value) * tf.sign(value) for value in values]
        return _sum(terms), terms[:held]

    assert float(total(*tf.constant([1e8, 3.0, 3.0, -1e8]))[0]) == 0.0


# Memory
# --------------------------------------------------------------------------------------------------


def test_a_deleted_model_is_freed():
    model = dense(metrics=["mae"])
    model.fit(X, Y, verbose=0, validation_data=(X, Y))
    model.fit(tf.data.Dataset.from_tensor_slices((X, Y)).batch(8), verbose=0)
    model.predict(X)
    model.train_on_batch(X, Y)
    kernel, whole = weakref.ref(model.layers[0].kernel), weakref.ref(model)
    del model
    gc.collect()
    assert whole() is None and kernel() is None


@pytest.mark.parametrize(("kind", "count"), [("predictions", 5000), ("rounds", 15)])
def test_many_calls_leave_memory_flat(kind, count):
    """`memory_over_calls.py rounds 200` does more."""
    program = pathlib.Path(__file__).with_name("memory_over_calls.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(program), kind, str(count)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=environment, check=True
    )
    gained, objects = map(float, done.stdout.split())
    assert gained < 5 and objects < 200  # megabytes


@pytest.mark.parametrize("fixed", [None, 3], ids=["chosen", "fixed chunks"])
def test_ragged_and_sparse_outputs_of_many_batches(fixed):
    rows = tf.ragged.constant([[row % 10] * (row % 4 + 1) for row in range(23)], dtype=tf.int32)
    inputs = tfk.Input((None,), dtype="int32", ragged=True)
    model = tfk.Model(inputs, tfk.layers.Embedding(10, 3)(inputs))
    model.compile(steps_per_execution=fixed)
    for data in (rows, tf.data.Dataset.from_tensor_slices(rows).batch(4)):
        size = None if isinstance(data, tf.data.Dataset) else 4
        outputs = model.predict(data, batch_size=size, verbose=0)
        assert outputs.to_list() == model(rows).to_list()
    inputs = tfk.Input((4,))
    model = tfk.Model(inputs, tfk.layers.Lambda(tf.sparse.from_dense)(inputs))
    x = np.eye(4, dtype="float32")[np.arange(23) % 4]
    np.testing.assert_array_equal(tf.sparse.to_dense(model.predict(x, batch_size=5, verbose=0)), x)


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict", "train_on_batch"])
def test_converted_function(method):
    """AutoGraph leaves the methods as they are, so that their message arrives."""
    run = getattr(dense(), method)

    @tf.function
    def inside():
        return run(X) if method == "predict" else run(X, Y)

    with pytest.raises(RuntimeError, match=f"{method} was called inside a tf.function"):
        inside()
