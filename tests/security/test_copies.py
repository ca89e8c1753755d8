"""Copies of models: user code is copied as an object, and nothing in a file becomes code later."""

import copy
import json
import pickle

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.security.attack_files import sequential
from tfk.utils import bytecode

RAN = []


def marked(x, **_):
    """What the hidden lambda would do."""
    return x


def hidden_lambda():
    """An array that holds the config of a lambda, as Keras 2 writes arrays of Lambda arguments."""
    code, _, _ = bytecode.dump_function(lambda: RAN.append(1))
    stored = {"class_name": "__lambda__", "config": {"code": code}}
    return {"type": "ndarray", "value": stored}


def with_argument(value):
    layer = {"name": "l", "function": "relu", "function_type": "function", "module": None}
    return sequential(("Lambda", {**layer, "arguments": {"alpha": value}}))


@pytest.mark.parametrize("value", [hidden_lambda(), {**hidden_lambda(), "value": [None]}])
def test_an_array_of_objects_does_not_pass_for_an_argument(value):
    with pytest.raises(ValueError, match="stored array to hold numbers, booleans or strings"):
        tfk.models.model_from_json(json.dumps(with_argument(value)))
    assert not RAN


@pytest.mark.parametrize("kind", ["__numpy__", "__array__"])
def test_stored_arrays_never_hold_objects(kind):
    for value, dtype in (({"a": 1}, "object"), ([{"a": 1}], "O"), ({"a": 1}, "str")):
        config = {"class_name": kind, "config": {"value": value, "dtype": dtype}}
        with pytest.raises(ValueError, match="stored array|does not fit"):
            tfk.saving.deserialize_keras_object(config)


def test_arrays_of_lambda_arguments_are_read():
    model = tfk.models.model_from_json(json.dumps(with_argument({"type": "ndarray", "value": 0.5})))
    np.testing.assert_array_equal(model(np.array([[-1.0, 2.0]])), [[-0.5, 2.0]])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy])
def test_copies_are_made_in_safe_mode(duplicate, monkeypatch):
    """Whatever a copy rebuilds, code from data is not among it."""
    monkeypatch.setattr(
        "tfk.saving.special_values.load_function", lambda *args: pytest.fail("rebuilt code")
    )
    model = tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(lambda x: 3 * x)])
    model.compile("sgd", lambda y_true, y_pred: tf.reduce_mean(y_pred), metrics=[lambda y, p: 1.0])
    twin = duplicate(model)
    np.testing.assert_array_equal(twin(np.ones((1, 2))), [[3, 3]])
    assert twin.layers[-1].function is model.layers[-1].function
    assert twin.loss is model.loss


def test_a_lambda_config_hidden_in_a_live_layer_stays_data():
    """Data that looks like a config is not revived by a copy, wherever the user put it."""
    model = tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(marked)])
    model.layers[-1].arguments["note"] = {"class_name": "__lambda__", "config": {"code": "eA=="}}
    with pytest.raises(ValueError, match="The config holds a lambda"):
        copy.deepcopy(model)


class Scaled:
    """A loss without `get_config`."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, y_true, y_pred):
        return self.factor * tf.reduce_mean(tf.square(y_true - y_pred))


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_objects_of_the_user_are_copied_as_objects(duplicate):
    model = tfk.Sequential([tfk.layers.Dense(2, activation=marked, input_shape=(3,))])
    model.compile("adam", Scaled(2.0))
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    twin = duplicate(model)
    assert twin.layers[0].activation is marked
    assert type(twin.loss) is Scaled and twin.loss.factor == 2.0
    np.testing.assert_array_equal(twin(np.ones((1, 3))), model(np.ones((1, 3))))


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: tfk.layers.TextVectorization(vocabulary=["a", "b"]), ["b a"]),
        (lambda: tfk.layers.StringLookup(vocabulary=["a", "b"]), ["b"]),
        (lambda: tfk.layers.IntegerLookup(vocabulary=[5, 7]), [7]),
    ],
)
def test_lookup_layers_can_be_pickled(make, text):
    layer = make()
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(layer))(text), layer(text))


def test_an_adapted_vocabulary_is_pickled():
    layer = tfk.layers.TextVectorization()
    layer.adapt(["a b c", "a"])
    twin = pickle.loads(pickle.dumps(layer))
    assert twin.get_vocabulary() == layer.get_vocabulary()


def test_unbuilt_models_can_be_pickled():
    twin = pickle.loads(pickle.dumps(tfk.Sequential([tfk.layers.Dense(2)])))
    assert twin(np.ones((1, 3))).shape == (1, 2)
