"""Targets that are missing where the loss needs them, and models that need none."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")

X, Y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")


class Batches(tfk.utils.Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return (X[:4],)


def generator():
    while True:
        yield (X[:4],)


def dataset(*parts):
    return tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0]).batch(4)


def compiled(keras=tfk, loss="binary_crossentropy", metrics=("accuracy",)):
    model = keras.Sequential(
        [keras.layers.Dense(1, activation="sigmoid", input_shape=(4,), name="answer")]
    )
    model.compile("sgd", loss, metrics=list(metrics))
    return model


@pytest.mark.parametrize(
    "evaluate",
    [
        lambda model: model.evaluate(X, verbose=0),
        lambda model: model.evaluate(dataset(X), verbose=0),
        lambda model: model.evaluate(dataset(X).map(lambda x: (x,)), verbose=0),
        lambda model: model.evaluate(Batches(), verbose=0),
        lambda model: model.evaluate(generator(), steps=2, verbose=0),
        lambda model: model.test_on_batch(X),
        lambda model: model.fit(X, Y, validation_data=X, verbose=0),
        lambda model: model.fit(X, Y, validation_data=(X,), verbose=0),
        lambda model: model.fit(X, Y, validation_data=dataset(X), verbose=0),
        lambda model: model.fit(X, Y, validation_data=Batches(), verbose=0),
    ],
)
def test_the_error_names_the_output(evaluate):
    with pytest.raises(ValueError, match=r"needs targets for output 'answer'"):
        evaluate(compiled())


def test_missing_validation_targets_are_found_before_training():
    model = compiled()
    before = model.get_weights()
    for data in (X, (X,), dataset(X)):
        with pytest.raises(ValueError, match="validation_data="):
            model.fit(X, Y, validation_data=data, epochs=3, verbose=0)
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_array_equal(old, new)


def test_all_outputs_with_a_loss_are_named():
    x = tfk.Input((4,))
    model = tfk.Model(x, [tfk.layers.Dense(1, name=name)(x) for name in ("a", "b", "c")])
    model.compile("sgd", {"a": "mse", "c": "mae"})
    with pytest.raises(ValueError, match="output 'a' and 'c'"):
        model.evaluate(X, verbose=0)


def test_subclassed_models_are_checked_too():
    class Network(tfk.Model):
        def __init__(self):
            super().__init__()
            self.dense = tfk.layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    for built in (False, True):
        model = Network()
        model.compile("sgd", "mse")
        if built:
            model(X)
        with pytest.raises(ValueError, match="needs targets"):
            model.evaluate(X, verbose=0)


def with_added_loss(keras):
    x = keras.Input((4,))
    out = keras.layers.Dense(1, kernel_initializer="ones")(x)
    model = keras.Model(x, out)
    model.add_loss(tf.reduce_mean(out**2))
    model.compile("sgd")
    return model


def with_own_test_step(keras):
    class Own(keras.Model):
        def test_step(self, data):
            return {"size": tf.reduce_sum(data)}

    x = keras.Input((4,))
    model = Own(x, keras.layers.Dense(1)(x))
    model.compile("sgd", "mse")
    return model


def with_own_train_step(keras):
    class Own(keras.Model):
        def train_step(self, data):
            x = data[0] if isinstance(data, tuple) else data
            return {"loss": self.compiled_loss(x[:, :1], self(x))}

    x = keras.Input((4,))
    model = Own(x, keras.layers.Dense(1, kernel_initializer="ones")(x))
    model.compile("sgd", "mse")
    return model


def without_loss(keras):
    return compiled(keras, loss=None, metrics=())


@pytest.mark.parametrize(
    "build", [with_added_loss, with_own_test_step, with_own_train_step, without_loss]
)
def test_models_that_need_no_targets_work_as_in_keras(build):
    results = []
    for keras in (tfk, tf_keras):
        model = build(keras)
        calls = [
            model.evaluate(X, batch_size=4, verbose=0),
            model.evaluate(dataset(X), verbose=0),
            model.test_on_batch(X),
        ]
        if build in (with_added_loss, with_own_train_step):
            history = model.fit(X, validation_data=(X,), batch_size=8, epochs=2, verbose=0).history
            calls += [history["loss"], history["val_loss"]]
        results.append([np.ravel(call) for call in calls])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_an_output_without_targets_beside_one_with_them():
    x = tfk.Input((4,))
    model = tfk.Model(x, [tfk.layers.Dense(1, name=name)(x) for name in ("a", "b")])
    model.compile("sgd", {"a": "mse"})
    assert model.evaluate(X, {"a": Y}, verbose=0)[0] > 0
