"""What was traced is dropped when the model changes, and only then."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.engine.training import xla_rule

X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = np.ones((8, 1), "float32")


class Scale(layers.Layer):
    """A layer with a setting, `factor`, and an attribute that is none, `shift`."""

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.shift = 0.0

    def call(self, inputs):
        return inputs * self.factor + self.shift


class Blocks(tfk.Model):
    """Layers in lists and dicts, and a plain module."""

    def __init__(self):
        super().__init__()
        self.blocks = [layers.Dense(4), layers.Dense(4)]
        self.sides = {"left": [layers.Dense(2)]}
        self.module = Affine()
        self.head = layers.Dense(2)

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.module(inputs)) + self.sides["left"][0](inputs)


class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.weight = tf.Variable(2.0)

    def __call__(self, inputs):
        return inputs * self.weight


class Traces(layers.Layer):
    """Counts how often it is traced, and notes whether it ran eagerly."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = []

    def call(self, inputs):
        self.seen.append("eager" if tf.executing_eagerly() else "graph")
        return inputs


def stack(*more):
    model = tfk.Sequential([layers.Dense(3, input_shape=(4,)), *more, layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def assert_predicts_as_called(model, inputs=X):
    """Every way to predict gives what the layers give when they are called now."""
    expected = model(inputs).numpy()
    many = np.concatenate([inputs] * 20)
    for result in (
        model.predict(inputs, verbose=0),
        model.predict(many, verbose=0)[-len(inputs) :],
        model.predict_on_batch(inputs),
    ):
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def use(model, inputs=X):
    """Traces everything that predicts."""
    assert_predicts_as_called(model, inputs)


def test_pop_add_and_compile():
    model = stack()
    use(model)
    model.pop()
    assert_predicts_as_called(model)
    model.add(layers.Dense(2, activation="tanh"))
    assert_predicts_as_called(model)
    model.compile("sgd", "mse")
    model.fit(X, np.ones((8, 2)), verbose=0)
    assert_predicts_as_called(model)


def edits_of_blocks():
    def set_weight(model):
        model.module.weight = tf.Variable(5.0)

    return {
        "head": lambda model: setattr(model, "head", layers.Dense(2)),
        "item": lambda model: model.blocks.__setitem__(0, layers.Dense(4)),
        "append": lambda model: model.blocks.append(layers.Dense(4)),
        "pop and append": lambda model: (model.blocks.pop(), model.blocks.append(layers.Dense(4))),
        "inner list": lambda model: model.sides["left"].__setitem__(0, layers.Dense(2)),
        "dict": lambda model: model.sides.update(left=[layers.Dense(2)]),
        "module": lambda model: setattr(model, "module", Affine()),
        "variable of a module": set_weight,
        "call": lambda model: setattr(model, "call", lambda inputs: inputs * 3),
        "call of a layer": lambda model: setattr(model.head, "call", lambda inputs: inputs[:, :2]),
        "activation": lambda model: setattr(model.head, "activation", tf.nn.relu),
    }


@pytest.mark.parametrize("edit", edits_of_blocks().values(), ids=edits_of_blocks())
def test_parts_that_are_replaced(edit):
    model = Blocks()
    use(model)
    edit(model)
    assert_predicts_as_called(model)


def test_deleting_an_assigned_call_shows_that_of_the_class():
    model = Blocks()
    model.call = lambda inputs: inputs * 3
    use(model)
    del model.call
    assert_predicts_as_called(model)


def test_changes_inside_a_nested_model():
    inner = tfk.Sequential([layers.Dense(3, input_shape=(4,)), Scale()])
    inputs = tfk.Input((4,))
    model = tfk.Model(inputs, layers.Dense(2)(inner(inputs)))
    use(model)
    inner.pop()
    assert_predicts_as_called(model)
    inner.add(layers.Dense(3, activation="tanh"))
    assert_predicts_as_called(model)
    inner.layers[-1].activation = tf.nn.relu
    assert_predicts_as_called(model)


def test_settings_count_at_once_and_other_attributes_from_compile_on():
    model = stack(Scale())
    use(model)
    scale = model.layers[1]
    scale.factor = 5.0
    assert_predicts_as_called(model)
    scale.shift = 1.0
    model.compile("sgd", "mse")
    assert_predicts_as_called(model)


@pytest.mark.parametrize(
    "layer, first, second",
    [
        (layers.Normalization(), [[1.0], [3.0]], [[10.0], [30.0]]),
        (layers.Discretization(num_bins=2), [1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]),
        (layers.StringLookup(), ["a", "b"], ["c", "a", "d"]),
        (layers.TextVectorization(output_sequence_length=2), ["a b", "b"], ["c d", "d a"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_adapting_again(layer, first, second):
    first, second = np.array(first), np.array(second)
    layer.adapt(first)
    dtype = tf.string if first.dtype.kind == "U" else "float32"
    inputs = tfk.Input((1,), dtype=dtype)
    model = tfk.Model(inputs, layer(inputs))
    batch = second.reshape(-1, 1).astype("object" if dtype == tf.string else "float32")
    use(model, tf.constant(batch) if dtype == tf.string else batch)
    layer.adapt(second)
    expected = np.array(model(tf.constant(batch)))
    np.testing.assert_allclose(model.predict(tf.constant(batch), verbose=0), expected)


def test_ways_to_run_are_read_at_every_call():
    traces = Traces()
    model = stack(traces)
    ran = []

    def predict():
        del traces.seen[:]
        model.predict(X, verbose=0)
        ran.append(tuple(traces.seen))

    predict()
    predict()
    model.run_eagerly = True
    predict()
    model.run_eagerly = False
    predict()
    model.jit_compile = True
    predict()
    model.jit_compile = None
    model.run_eagerly = None
    predict()
    tf.config.run_functions_eagerly(True)
    try:
        predict()
    finally:
        tf.config.run_functions_eagerly(False)
    predict()
    graph, eager, kept = ("graph",), ("eager",), ()
    assert ran == [graph, kept, eager, graph, graph, graph, eager, kept]


@pytest.mark.parametrize(
    "drop",
    [
        lambda model: model.make_predict_function(force=True),
        lambda model: setattr(model, "predict_function", None),
    ],
    ids=["force", "None"],
)
def test_step_functions_can_be_dropped(drop):
    traces = Traces()
    model = stack(traces)
    model.predict(X, verbose=0)
    del traces.seen[:]
    drop(model)
    model.predict(X, verbose=0)
    assert traces.seen == ["graph"]


def test_an_assigned_step_function_is_used_until_compile():
    model = stack()
    model.predict(X, verbose=0)
    model.predict_function = lambda iterator: model(next(iterator), training=False) * 0 + 7.0
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.full((8, 1), 7.0))
    model.compile("sgd", "mse")
    assert model.predict_function is None
    assert_predicts_as_called(model)


def test_nothing_is_traced_twice_without_a_change():
    traces = Traces()
    model = tfk.Sequential([layers.Dense(3), layers.BatchNormalization(), layers.Dropout(0.5)])
    model.add(traces)
    model.add(layers.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])

    def one_of_each():
        model.evaluate(X, Y, verbose=0)
        model.fit(X, Y, verbose=0, validation_data=(X, Y))
        model.train_on_batch(X, Y)
        model.test_on_batch(X, Y)
        model.predict(X, verbose=0)
        model.predict_on_batch(X)

    one_of_each()
    del traces.seen[:]
    stack()  # other models do not count
    model.optimizer.learning_rate = 0.5
    model.step_of_the_program = 3
    one_of_each()
    assert not traces.seen


def test_models_that_take_turns_in_training_keep_what_was_traced():
    traces = Traces()
    critic = tfk.Sequential([layers.Dense(3, input_shape=(4,)), traces, layers.Dense(1)])
    critic.compile("sgd", "mse")
    critic.trainable = False
    inputs = tfk.Input((4,))
    both = tfk.Model(inputs, critic(layers.Dense(4)(inputs)))
    both.compile("sgd", "mse")

    def turn():
        critic.trainable = True
        critic.train_on_batch(X, Y)
        critic.predict(X, verbose=0)
        critic.trainable = False
        both.train_on_batch(X, Y)
        critic.predict(X, verbose=0)

    turn()
    del traces.seen[:]
    before = critic.get_weights()
    turn()
    assert not traces.seen
    assert not np.allclose(before[0], critic.get_weights()[0])


def test_what_a_trace_creates_does_not_make_it_stale():
    class Late(layers.Layer):
        def call(self, inputs, training=False):
            if training and not hasattr(self, "extra"):
                self.extra = layers.Dense(4)
            return self.extra(inputs) if training else inputs

    traces = Traces()
    model = tfk.Sequential([Late(), traces, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    del traces.seen[:]
    model.fit(X, Y, verbose=0)
    assert not traces.seen


def test_changes_by_callbacks_count_from_the_next_epoch_on():
    model = stack(Scale(1.0))

    class Zero(tfk.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.layers[1].factor = 0.0
            self.model.layers[2].bias.assign([0.0])

    losses = model.fit(X, Y, epochs=2, verbose=0, callbacks=[Zero()]).history["loss"]
    assert losses[0] != 1.0 and losses[1] == 1.0


def test_compile_in_a_callback_unfreezes():
    model = stack()
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    weights = [model.layers[0].get_weights()[0]]

    class Unfreeze(tfk.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            weights.append(self.model.layers[0].get_weights()[0])
            self.model.layers[0].trainable = True
            self.model.compile("sgd", "mse")

    model.fit(X, Y, epochs=2, verbose=0, callbacks=[Unfreeze()])
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.allclose(weights[1], weights[2])
    assert model.layers[0].trainable


def test_losses_and_metrics_fit_the_present_outputs():
    model = tfk.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.evaluate(X, Y, verbose=0)
    model.pop()
    model.add(layers.Dense(3, activation="softmax"))
    labels = np.eye(3, dtype="float32")[model.predict(X, verbose=0).argmax(-1)]
    assert model.evaluate(X, labels, verbose=0)[1] == 1.0  # share of the largest that are right

    class Headed(tfk.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(1, activation="sigmoid")

        def call(self, inputs):
            return self.head(inputs)

    model = Headed()
    model.compile("sgd", "mse", metrics=["accuracy"])
    model.evaluate(X, Y, verbose=0)
    model.head = layers.Dense(3, activation="softmax")
    labels = np.eye(3, dtype="float32")[model.predict(X, verbose=0).argmax(-1)]
    assert model.evaluate(X, labels, verbose=0)[1] == 1.0


def test_settings_of_the_optimizer_count_at_once():
    def weights_after(change):
        tfk.utils.set_random_seed(3)
        model = stack()
        model.compile(tfk.optimizers.SGD(0.1), "mse")
        model.train_on_batch(X, Y)
        change(model.optimizer)
        model.train_on_batch(X, Y)
        return model.get_weights()[0]

    def slow_down(optimizer):
        optimizer.learning_rate = tfk.optimizers.schedules.PiecewiseConstantDecay([0], [0.1, 0.0])

    plain = weights_after(lambda optimizer: None)
    clipped = weights_after(lambda optimizer: setattr(optimizer, "clipvalue", 1e-9))
    slow = weights_after(slow_down)
    tfk.utils.set_random_seed(3)
    model = stack()
    model.compile(tfk.optimizers.SGD(0.1), "mse")
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(clipped, model.get_weights()[0], atol=1e-8)
    np.testing.assert_array_equal(slow, model.get_weights()[0])
    assert not np.allclose(plain, slow)


def test_modules_see_no_caches(monkeypatch):
    monkeypatch.setattr(xla_rule, "PRICE", 0.0)
    monkeypatch.setattr(xla_rule, "PRICE_PER_OPERATION", 0.0)
    model = stack()
    model.compile("sgd", {"dense_1": "mse"}, metrics={"dense_1": ["mae"]})
    model.fit(X, Y, batch_size=4, epochs=2, verbose=0, validation_data=(X, Y))
    model.predict(X, verbose=0)
    assert {key[:2] for key in model._caches.current(model).loops} >= {
        ("train", None),
        ("train", "loop"),
    }
    assert [module.name for module in model.submodules][-2:] == ["dense", "dense_1"]
    holder = tf.Module()
    holder.model = model
    assert set(model.layers) < set(holder.submodules)


def test_modules_see_no_arguments_and_losses():
    class Mixed(layers.Layer):
        def __init__(self, table, **kwargs):
            super().__init__(**kwargs)
            self.width = len(table)

    model = tfk.Sequential([layers.Dense(3, input_shape=(4,)), Mixed({1: "a", "b": None})])
    model.add_loss(lambda: 0.0)
    assert len(model.submodules) == 3  # the two layers and the Input
