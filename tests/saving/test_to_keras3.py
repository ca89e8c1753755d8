"""Models of tfk become models of Keras 3 with the same outputs, settings and optimizer state."""

import json
import os
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

import tfk

L = tfk.layers
RNG = np.random.default_rng(0)


def chain(*parts, shape=(4,)):
    return tfk.Sequential([tfk.Input(shape), *parts])


def operators():
    a = tfk.Input((4,))
    x = tf.nn.relu(a * 2.0 - 0.5) / (tf.reduce_mean(a, axis=1, keepdims=True) + 3.0)
    return tfk.Model(a, tf.concat([x + a, a[:, :2]], axis=-1))


def attention():
    a = tfk.Input((5, 3))
    return tfk.Model(a, L.Flatten()(L.MultiHeadAttention(2, 2)(a, a)))


def states():
    a, b = tfk.Input((5, 2)), tfk.Input((4, 2))
    _, h, c = L.LSTM(3, return_state=True)(a)
    return tfk.Model([a, b], {"code": L.LSTM(3)(b, initial_state=[h, c])})


def shared_and_nested():
    inner, dense = chain(L.Dense(4), L.BatchNormalization()), L.Dense(4, activation="gelu")
    a, b = tfk.Input((4,)), tfk.Input((4,))
    return tfk.Model([a, b], L.Add()([inner(dense(a)), inner(b), dense(dense(b))]))


def nested_graphs():
    a, b = tfk.Input((4,)), tfk.Input((4,))
    block = tfk.Model(a, L.Dense(4)(chain(L.Dense(4))(a)))
    first = block(b)
    return tfk.Model(b, {"first": first, "second": L.Dense(2)(block(first))})


MODELS = {
    "dense": lambda: chain(L.Dense(2, kernel_regularizer="l2"), L.Dropout(0.1), L.LeakyReLU(0.2)),
    "images": lambda: chain(
        L.Conv2D(3, 2),
        L.DepthwiseConv2D(2),
        L.SeparableConv2D(2, 2),
        L.Conv2DTranspose(2, 2),
        L.RandomFlip(),
        shape=(6, 6, 2),
    ),
    "sequences": lambda: chain(
        L.SpatialDropout1D(0.1), L.Bidirectional(L.GRU(3, return_sequences=True)), shape=(5, 2)
    ),
    "operators": operators,
    "attention": attention,
    "states": states,
    "shared and nested": shared_and_nested,
    "nested graphs": nested_graphs,
}


def data_for(model, rows=4):
    return [RNG.normal(size=(rows, *x.shape[1:])).astype("float32") for x in model.inputs]


def outputs_of(model, inputs):
    return tf.nest.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))


@pytest.mark.parametrize("name", MODELS)
def test_outputs(name, tmp_path):
    model = MODELS[name]()
    model.set_weights([RNG.uniform(0.1, 1.0, size=w.shape) for w in model.weights])
    model.save(tmp_path / "m.keras", for_keras=3)
    other, inputs = keras.models.load_model(tmp_path / "m.keras"), data_for(model)
    for got, expected in zip(outputs_of(other, inputs), outputs_of(model, inputs), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
    again = tfk.models.load_model(tmp_path / "m.keras")
    for got, expected in zip(outputs_of(again, inputs), outputs_of(model, inputs), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)


OPTIMIZERS = {
    "SGD": lambda: tfk.optimizers.SGD(0.1),
    "SGD with momentum": lambda: tfk.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "Adam": lambda: tfk.optimizers.Adam(0.1, amsgrad=True, clipnorm=1.0),
    "RMSprop": lambda: tfk.optimizers.RMSprop(0.1, momentum=0.5, centered=True),
    "Nadam": lambda: tfk.optimizers.Nadam(0.1),
    "schedule": lambda: tfk.optimizers.Adagrad(
        tfk.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_continues(name, tmp_path):
    model, x, y = chain(L.Dense(3), L.Dense(2)), RNG.normal(size=(8, 4)), RNG.normal(size=(8, 2))
    model.compile(OPTIMIZERS[name](), tfk.losses.Huber(), metrics=["mae"], run_eagerly=True)
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(tmp_path / "m.keras", for_keras=3)
    other = keras.models.load_model(tmp_path / "m.keras")
    assert int(other.optimizer.iterations) == 3
    np.testing.assert_allclose(
        other.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-5
    )
    for one in (model, other):
        one.train_on_batch(x, y)
    for got, expected in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)


def test_weights_alone(tmp_path):
    model = chain(L.Dense(3), L.BatchNormalization(), L.Dense(2))
    model.compile("adam", "mse")
    model.train_on_batch(RNG.normal(size=(4, 4)), RNG.normal(size=(4, 2)))
    model.save_weights(tmp_path / "m.weights.h5", for_keras=3)
    other = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(2),
        ]
    )
    other.load_weights(tmp_path / "m.weights.h5")
    for got, expected in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)
    with pytest.raises(ValueError, match=r"\.weights\.h5"):
        model.save_weights(tmp_path / "m.h5", for_keras=3)


def test_what_keras_3_does_not_have(tmp_path):
    model = chain(
        L.ThresholdedReLU(),
        L.LocallyConnected1D(2, 2),
        L.GRU(2, recurrent_activation="hard_sigmoid"),
        shape=(4, 2),
    )
    with pytest.raises(ValueError, match="ThresholdedReLU; LocallyConnected1D; .*hard_sigmoid"):
        model.save(tmp_path / "m.keras", for_keras=3)
    assert not (tmp_path / "m.keras").exists()
    with pytest.raises(ValueError, match="for_keras must be 2 or 3"):
        model.save(tmp_path / "m.keras", for_keras=4)


def test_what_is_lost_is_reported(tmp_path):
    model = chain(L.Dense(2))
    model.compile(tfk.optimizers.legacy.Adam(0.1, decay=0.5), "mse")
    model.train_on_batch(RNG.normal(size=(4, 4)), RNG.normal(size=(4, 2)))
    with pytest.warns(UserWarning, match=r"leaves out the state of the optimizer, legacy\.Adam"):
        model.save(tmp_path / "m.keras", for_keras=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras 3 says that the state is missing
        other = keras.models.load_model(tmp_path / "m.keras")
    rate = other.optimizer._learning_rate
    assert (rate.initial_learning_rate, rate.decay_rate) == (pytest.approx(0.1), 0.5)


def parts_model(k):
    """A subclassed model that reaches its layers in several ways."""

    class Parts(k.Model):
        def __init__(self):
            super().__init__()
            self.first = k.layers.Dense(3)
            self.parts = {"x": k.layers.Dense(2), "y": k.layers.Dense(1)}
            self.blocks = [[k.layers.Dense(3)], [k.layers.Dense(3)]]
            self._last = k.layers.Dense(2)

        def call(self, x):
            x = self.first(x)
            for (layer,) in self.blocks:
                x = layer(x)
            return self._last(self.parts["x"](x)) * self.parts["y"](x)

    model = Parts()
    model(np.ones((1, 3), "float32"))
    return model


@pytest.mark.parametrize(("writer", "reader"), [(tfk, keras), (keras, tfk)], ids=["tfk", "keras"])
def test_layers_in_dicts_and_inner_lists(writer, reader, tmp_path):
    path, x = str(tmp_path / "m.weights.h5"), RNG.normal(size=(2, 3)).astype("float32")
    written, read = parts_model(writer), parts_model(reader)
    written.save_weights(path, **({"for_keras": 3} if writer is tfk else {}))
    read.load_weights(path)
    np.testing.assert_allclose(np.asarray(read(x)), np.asarray(written(x)), atol=1e-6)


def test_lambda_with_a_registered_function(tmp_path):
    def thrice(x):
        return 3 * x

    tfk.saving.register_keras_serializable("to_keras3")(thrice)
    keras.saving.register_keras_serializable("to_keras3")(thrice)
    ours = chain(L.Lambda(thrice))
    ours.save(tmp_path / "ours.keras", for_keras=3)
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    back = tfk.models.load_model(tmp_path / "theirs.keras")
    for model in (theirs, back):
        np.testing.assert_allclose(np.asarray(model(np.ones((1, 4), "float32"))), 3)
    ours.save(tmp_path / "ours.h5")
    with h5py.File(tmp_path / "ours.h5") as file:
        layers = json.loads(file.attrs["model_config"])["config"]["layers"]
    assert layers[1]["config"]["function"] == "to_keras3>thrice"  # as Keras 2 looks it up
    assert tfk.models.load_model(tmp_path / "ours.h5").layers[-1].function is thrice


def test_one_input_and_output_are_no_lists(tmp_path):
    x = tfk.Input((3,))
    inner = tfk.Model(x, L.Dense(2)(x))
    chain(L.TimeDistributed(inner), shape=(5, 3)).save(tmp_path / "outer.keras", for_keras=3)
    inner.save(tmp_path / "inner.keras", for_keras=3)
    data = RNG.normal(size=(4, 5, 3)).astype("float32")
    outer, theirs = (
        keras.models.load_model(tmp_path / f"{name}.keras") for name in ("outer", "inner")
    )
    assert outer(data).shape == (4, 5, 2) and theirs(data[0]).shape == (5, 2)
    np.testing.assert_allclose(np.asarray(theirs(data[0])), inner(data[0]), atol=1e-6)


def test_metrics_that_wrap_a_function(tmp_path):
    ours = chain(L.Dense(2))
    ours.compile("sgd", "mse", metrics=["mae", tfk.metrics.MeanAbsolutePercentageError()])
    x, y = RNG.normal(size=(8, 4)), RNG.normal(size=(8, 2))
    expected = ours.evaluate(x, y, verbose=0)
    ours.save(tmp_path / "wrapped.h5")  # which holds the metric as MeanMetricWrapper
    loaded = tfk.models.load_model(tmp_path / "wrapped.h5")
    loaded.save(tmp_path / "wrapped.keras", for_keras=3)
    theirs = keras.models.load_model(tmp_path / "wrapped.keras")
    np.testing.assert_allclose(theirs.evaluate(x, y, verbose=0), expected, rtol=1e-5)
