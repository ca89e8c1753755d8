"""Repeated eager calls run as a graph and give what the operations give."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.engine.model import eager_calls

X = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")


@pytest.fixture(autouse=True)
def trace_at_third_call(monkeypatch):
    monkeypatch.setattr(eager_calls, "MORE_CALLS", 1)


def mlp():
    return [
        layers.Dense(8, activation="relu", input_shape=(6,)),
        layers.BatchNormalization(),
        layers.Dropout(0.5, seed=3),
        layers.Dense(3, activation="softmax", kernel_regularizer="l2"),
    ]


def convolutional():
    return [
        layers.Reshape((6, 1, 1), input_shape=(6,)),
        layers.Conv2D(4, (3, 1), padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D((2, 1)),
        layers.GlobalAveragePooling2D(),
        layers.GaussianNoise(0.1, seed=5),
        layers.LayerNormalization(),
    ]


def functional():
    x = tfk.Input((6,))
    a, b = layers.Dense(5, "tanh")(x), layers.Dense(5)(x)
    inner = tfk.Sequential([layers.Dense(4, input_shape=(5,)), layers.BatchNormalization()])
    return tfk.Model(x, inner(tf.nn.relu(layers.Add()([a, b])) * 2.0))


def pair(make):
    """The same model twice: its calls may be graphs, its calls are operations."""
    models = []
    for _ in range(2):
        tfk.utils.set_random_seed(1)
        made = make()
        models.append(made if isinstance(made, tfk.Model) else tfk.Sequential(made))
    models[1].set_weights(models[0].get_weights())
    models[1].run_eagerly = True
    return models


def traced(model):
    calls = model._caches.current(model).eager_calls
    return [] if calls is None else [c for c in calls._known.values() if callable(c)]


def close(some, others):
    for one, other in zip(tf.nest.flatten(some), tf.nest.flatten(others), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("make", [mlp, convolutional, functional])
@pytest.mark.parametrize("training", [None, False, True])
def test_outputs_and_states_are_those_of_the_operations(make, training):
    model, reference = pair(make)
    for step in range(5):
        x = tf.constant(X[: 4 - step % 2] + step)
        close(model(x, training=training), reference(x, training=training))
        close(model.weights, reference.weights)
        close(model.losses, reference.losses)
    assert len(traced(model)) == 1 and not traced(reference)


@pytest.mark.parametrize("make", [mlp, convolutional, functional])
def test_training_in_a_loop_of_the_user(make):
    model, reference = pair(make)
    for each in (model, reference):
        each.layers[0].trainable = False
        optimizer = tfk.optimizers.SGD(0.05)
        for step in range(6):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((each(X, training=True) - step) ** 2)
                loss += sum(each.losses)
            gradients = tape.gradient(loss, each.trainable_variables)
            optimizer.apply_gradients(zip(gradients, each.trainable_variables))
        each.loss_seen = loss
    assert traced(model)
    close(model.loss_seen, reference.loss_seen)
    close(model.weights, reference.weights)


def penalty(model, x):
    """The gradient penalty of a WGAN: a gradient of a gradient."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = model(x)
        slope = inner.gradient(y, x)
        loss = tf.reduce_mean((tf.norm(slope, axis=1) - 1.0) ** 2)
    return outer.gradient(loss, model.trainable_variables)


def jacobian(model, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    return tape.batch_jacobian(y, x)


def directional(model, x):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = model(x)
    return accumulator.jvp(y)


def of_watched(model, x):
    watched = model.trainable_variables[0]
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(watched)
        middle = x * 2.0
        tape.watch(middle)
        y = model(middle)
        with tape.stop_recording():
            model(x)
    return [g for g in tape.gradient(y, [*model.trainable_variables, middle]) if g is not None]


@pytest.mark.parametrize("derivative", [penalty, jacobian, directional, of_watched])
def test_derivatives(derivative):
    def make():
        return [layers.Dense(8, "tanh", input_shape=(6,)), layers.Dense(2, "sigmoid")]

    model, reference = pair(make)
    x = tf.constant(X)
    for _ in range(4):
        close(derivative(model, x), derivative(reference, x))
    assert traced(model)


def test_gradients_of_embeddings_are_sparse_and_masks_arrive():
    def make():
        return [layers.Embedding(9, 2, mask_zero=True, input_length=3), layers.Dense(2)]

    model, reference = pair(make)
    ids = tf.constant([[1, 2, 0], [3, 3, 8]])
    for _ in range(4):
        kinds = []
        for each in (model, reference):
            with tf.GradientTape() as tape:
                y = each(ids)
            kinds.append(type(tape.gradient(y, each.trainable_variables)[0]))
            assert y._keras_mask.numpy().tolist() == [[True, True, False], [True, True, True]]
        assert kinds == [tf.IndexedSlices] * 2
    assert traced(model)
    with pytest.raises(tf.errors.InvalidArgumentError):
        model(tf.constant([[1, 2, 9]]))


def test_outputs_that_depend_on_each_other_have_their_gradients():
    x = tfk.Input((6,))
    middle = layers.Dense(4)(x)
    last, other = layers.Dense(1)(middle), layers.Dense(1)(x)
    model = tfk.Model(x, {"middle": middle, "last": last, "other": other})
    for _ in range(4):
        with tf.GradientTape() as tape:
            y = model(X)
        gradients = tape.gradient(y["last"], [y["middle"], *model.trainable_variables])
        assert [g is None for g in gradients] == [False] * 5 + [True] * 2
    for _ in range(4):
        close(model(X), model.predict(X))
    assert traced(model)


def test_custom_code_runs_at_every_call():
    seen = []

    class Own(layers.Layer):
        def call(self, inputs):
            seen.append("layer")
            return inputs

    def activation(x):
        seen.append("activation")
        return x

    x = tfk.Input((6,))
    for part in (
        Own(),
        layers.Dense(2, activation),
        layers.Lambda(activation),
        tfk.Sequential([Own()]),
    ):
        model = tfk.Model(x, layers.Dense(1)(part(x)))
        seen.clear()
        for _ in range(5):
            model(X)
        assert len(seen) == 5 and not traced(model)


def noise(x):
    return x + tf.random.normal(tf.shape(x))


@pytest.mark.parametrize(
    "make",
    [
        lambda: noise,
        lambda: layers.Dense(2, activity_regularizer="l2"),
        lambda: layers.ActivityRegularization(0.1),
        lambda: layers.Dense(2, dynamic=True),
    ],
    ids=["random", "penalty", "layer", "dynamic"],
)
def test_what_a_graph_would_change_runs_op_by_op(make):
    x = tfk.Input((6,))
    model = tfk.Model(x, layers.Dense(1)(make()(x)))
    results = [(model(X).numpy(), [loss.numpy() for loss in model.losses]) for _ in range(4)]
    assert not traced(model) and all(len(losses) == len(results[0][1]) for _, losses in results)


def test_changes_count_at_the_next_call():
    dense, dropout = layers.Dense(6, input_shape=(6,)), layers.Dropout(1e-9)
    model = tfk.Sequential([dense, dropout])

    def calls():
        for _ in range(4):
            y = model(X, training=True)
        return y.numpy()

    linear = calls()
    dense.activation = tfk.activations.relu
    close(calls(), np.maximum(linear, 0))
    dense.activation = lambda x: x + 1
    close(calls(), linear + 1)
    dense.activation = None
    close(calls(), linear)
    dropout.rate = 0.999999
    assert np.count_nonzero(calls()) < 6
    dropout.rate = 1e-9
    model.add(layers.Rescaling(2.0))
    close(calls(), 2 * linear)
    model.pop()
    close(calls(), linear)
    dense.kernel.assign(tf.eye(6))
    close(calls(), X)
    for factor in range(4):  # another tensor in place of the variable at each call
        dense.kernel = factor * tf.eye(6)
        close(model(X, training=True), factor * X)
    plain = dense.call
    dense.kernel = tf.Variable(tf.eye(6))
    close(calls(), X)
    dense.call = lambda inputs: plain(inputs) + 3.0
    close(calls(), X + 3)


def test_one_graph_serves_all_sizes():
    model = tfk.Sequential(
        [layers.Conv1D(3, 2, input_shape=(None, 2)), layers.GlobalMaxPooling1D()]
    )
    for length in range(3, 20):
        model(tf.ones((length % 4 + 1, length, 2)))
    assert len(traced(model)) == 1
    open_model = tfk.Sequential([layers.Dense(2), layers.Softmax()])
    for length in range(3, 20):
        open_model(tf.ones((length, 2)))
    assert len(traced(open_model)) == 1


def test_several_inputs_modes_and_dtypes():
    a, b = tfk.Input((6,), name="a"), tfk.Input((1,), name="b")
    model = tfk.Model({"b": b, "a": a}, layers.Dense(2)(layers.Concatenate()([a, b])))
    by_name = {"a": tf.constant(X), "b": tf.ones((4, 1))}
    expected = model(by_name)
    for given in (by_name, [X, np.ones((4, 1))], {"a": X.astype("float16"), "b": np.ones(4)}):
        for _ in range(4):
            np.testing.assert_allclose(model(given), expected, rtol=2e-3, atol=2e-3)
    assert len(traced(model)) == 2


def test_mixed_precision_and_global_switches():
    def make():
        return [
            layers.Dense(8, "relu", input_shape=(6,), dtype="mixed_bfloat16"),
            layers.Dense(2, dtype="float32"),
        ]

    model, reference = pair(make)
    for _ in range(4):
        close(model(X), reference(X))
    assert traced(model)
    tf.config.run_functions_eagerly(True)
    try:
        close(model(X), reference(X))
    finally:
        tf.config.run_functions_eagerly(False)
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        close(model(X), reference(X))
    assert tf.function(model)(X).shape == (4, 2)


def test_models_that_change_all_the_time_are_seldom_traced(monkeypatch):
    monkeypatch.setattr(eager_calls, "MORE_CALLS", 2)
    model = tfk.Sequential([layers.Dropout(0.5, input_shape=(6,))])
    for change in range(20):
        model.layers[0].rate = change / 20
        for _ in range(10):
            model(X)
    assert model._caches.eager_traces == 3  # after 2, 4 and 8 calls
