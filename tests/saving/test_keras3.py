"""Models of Keras 3 become models of tfk with the same outputs."""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.saving.configs import deserialize_keras_object
from tfk.saving.keras3 import is_keras3, to_keras2

L, ops = keras.layers, keras.ops


def chain(*parts, shape=(3,)):
    return keras.Sequential([L.Input(shape), *parts])


def several_inputs():
    a, b = keras.Input((3,), name="a"), keras.Input((4, 2), name="b")
    attended = L.MultiHeadAttention(2, 2)(b, b, key=b)
    return keras.Model([a, b], {"sum": L.Dense(2)(a), "attended": L.Flatten()(attended)})


def operations():
    a = keras.Input((3,))
    x = ops.mean(a, axis=1, keepdims=True) + a / 2 - ops.exp(-a)
    x = ops.concatenate([x, ops.relu(a), 2.0 * a[:, :1]], axis=-1)
    return keras.Model(a, ops.softmax(ops.maximum(ops.reshape(x, (-1, 7)), 0.1)))


def shared_layer():
    dense, a = L.Dense(3, activation="gelu"), keras.Input((3,))
    return keras.Model(a, L.Add()([dense(a), dense(dense(a))]))


def nested_models():
    inner = chain(L.Dense(4), L.BatchNormalization())
    a, b = keras.Input((3,)), keras.Input((3,))
    return keras.Model([a, b], L.Concatenate()([inner(a), inner(b)]))


def nested_graphs():
    """Nested models whose calls Keras 3 counts in one way as inputs, in another as outputs."""
    a, b = keras.Input((3,)), keras.Input((3,))
    block = keras.Model(a, [L.Dense(3)(a), chain(chain(L.Dense(3)))(a)])
    block(keras.Input((3,)))  # a call that is not part of the model
    first, second = block(b)
    third, _ = block(L.Add()([first, second]))
    return keras.Model(b, [first, L.Dense(2)(third)])


def encoder_and_decoder():
    a, b = keras.Input((5, 2)), keras.Input((4, 2))
    _, h, c = L.LSTM(3, return_state=True)(a)
    return keras.Model([a, b], L.LSTM(3)(b, initial_state=[h, c]))


MODELS = {
    "dense": lambda: chain(L.Dense(2, activation="relu"), L.Dropout(0.1), L.LeakyReLU(0.2)),
    "settings": lambda: chain(
        L.Dense(2, kernel_initializer="orthogonal", kernel_regularizer="l2"),
        L.Dense(2, bias_constraint="non_neg", activation="silu", dtype="float64"),
    ),
    "several inputs": several_inputs,
    "operations": operations,
    "shared layer": shared_layer,
    "nested graphs": nested_graphs,
    "nested models": nested_models,
    "encoder and decoder": encoder_and_decoder,
    "images": lambda: chain(
        L.Rescaling(1 / 255.0),
        L.Conv2D(4, 3, padding="same"),
        L.MaxPooling2D(),
        L.DepthwiseConv2D(3),
        L.SeparableConv2D(3, 2),
        L.GlobalAveragePooling2D(),
        L.LayerNormalization(),
        shape=(12, 12, 3),
    ),
    "one dimension": lambda: chain(
        L.Conv1D(2, 3), L.Conv1DTranspose(2, 2), L.GroupNormalization(1), L.PReLU(), shape=(8, 3)
    ),
    "recurrent": lambda: chain(
        L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.GRU(4, return_sequences=True),
        L.TimeDistributed(L.Dense(2)),
        L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True),
        L.SimpleRNN(3),
        shape=(5, 2),
    ),
}


def described(model):
    """The config as a file holds it."""
    return json.loads(json.dumps(keras.saving.serialize_keras_object(model)))


def batch_for(model):
    random = np.random.RandomState(0)
    arrays = [random.normal(size=(2, *x.shape[1:])).astype("float32") for x in model.inputs]
    return arrays if len(arrays) > 1 else arrays[0]


@pytest.mark.parametrize("name", MODELS)
def test_outputs_are_equal(name):
    theirs = MODELS[name]()
    ours = deserialize_keras_object(to_keras2(described(theirs)))
    ours.set_weights(theirs.get_weights())
    x = batch_for(theirs)
    pairs = zip(tf.nest.flatten(theirs(x)), tf.nest.flatten(ours(x)), strict=True)
    for expected, result in pairs:
        np.testing.assert_allclose(np.asarray(result), np.asarray(expected), atol=1e-6)


def test_compile_settings():
    theirs = chain(L.Dense(1))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    theirs.compile(keras.optimizers.Adam(schedule, beta_1=0.8), "mse", metrics=["mae"])
    ours = deserialize_keras_object(to_keras2(described(theirs)))
    assert isinstance(ours.optimizer, tfk.optimizers.Adam) and ours.optimizer.beta_1 == 0.8
    assert isinstance(ours.optimizer._learning_rate, tfk.optimizers.schedules.ExponentialDecay)
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(
        ours.evaluate(x, y, verbose=0), theirs.evaluate(x, y, verbose=0), rtol=1e-5
    )


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("name", MODELS)
def test_files(name, ending, tmp_path):
    theirs = MODELS[name]()
    path = tmp_path / f"model.{ending}"
    theirs.save(path)
    ours = tfk.models.load_model(path)
    x = batch_for(theirs)
    pairs = zip(tf.nest.flatten(theirs(x)), tf.nest.flatten(ours(x)), strict=True)
    for expected, result in pairs:
        np.testing.assert_allclose(np.asarray(result), np.asarray(expected), atol=1e-6)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop", "Adagrad", "Nadam", "AdamW"])
def test_training_goes_on_from_the_state_in_a_file(optimizer, tmp_path):
    random = np.random.RandomState(0)
    x, y = random.normal(size=(8, 3)), random.normal(size=(8, 2))
    theirs = chain(L.Dense(4, activation="tanh"), L.Dense(2))
    theirs.compile(getattr(keras.optimizers, optimizer)(0.01), "mse", metrics=["mae"])
    theirs.fit(x, y, epochs=2, batch_size=8, verbose=0, shuffle=False)
    theirs.save(tmp_path / "model.keras")
    ours = tfk.models.load_model(tmp_path / "model.keras")
    for model in (theirs, ours):
        model.fit(x, y, epochs=2, batch_size=8, verbose=0, shuffle=False)
    for expected, result in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(result, expected, atol=2e-6)


def test_weights_files(tmp_path):
    theirs = several_inputs()
    theirs.save_weights(tmp_path / "model.weights.h5")
    ours = deserialize_keras_object(to_keras2(described(theirs)))
    ours.load_weights(tmp_path / "model.weights.h5")
    for expected, result in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(result, expected)


def test_everything_without_a_counterpart_is_named_at_once():
    a = keras.Input((4,))
    model = keras.Model(a, L.LayerNormalization(rms_scaling=True)(ops.einsum("ij->ij", a)))
    with pytest.raises(ValueError) as caught:
        to_keras2(described(model), "3.4.1")
    text = str(caught.value)
    assert "saved by Keras 3.4.1" in text
    assert "keras.ops Einsum" in text and "LayerNormalization(rms_scaling=True)" in text


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.0.0", True), ("3.15.1", True), ("2.15.0", False), ("2.3.0-tf", False), (None, False)],
)
def test_versions(version, expected):
    assert is_keras3(version) is expected


def test_a_damaged_config_is_a_clear_error():
    config = {"class_name": {"a": 1}, "config": {"name": "d"}, "module": "keras.layers"}
    with pytest.raises(ValueError, match="config of Keras 3.1.0"):
        to_keras2({"class_name": "Sequential", "config": {"layers": [config]}}, "3.1.0")


def test_random_layers_are_inactive_in_predict(tmp_path):
    x = keras.Input((4, 4, 1))
    theirs = keras.Model(x, L.GaussianNoise(0.5)(L.RandomFlip()(x)))
    theirs.save(path := str(tmp_path / "model.keras"))
    batch = np.arange(32, dtype="float32").reshape(2, 4, 4, 1)
    expected = theirs.predict(batch, verbose=0)
    np.testing.assert_array_equal(expected, batch)
    result = tfk.models.load_model(path).predict(batch, verbose=0)
    np.testing.assert_array_equal(result, expected)


def test_models_in_the_config_of_a_custom_layer():
    """Layers of a graph state their name beside the config, those of other lists do not."""
    inner = {"class_name": "Sequential", "config": {"name": "s", "layers": []}}
    config = {"class_name": "Mine", "module": None, "config": {"layers": [inner]}}
    rewritten = to_keras2(config | {"registered_name": "own>Mine"})
    assert rewritten["config"]["layers"][0]["config"]["name"] == "s"
