import json
import warnings

import numpy as np
import pytest
import tensorflow as tf

from tfk import activations, initializers, layers, mixed_precision, models, regularizers
from tfk.saving import load_scopes, registry
from tfk.saving.configs import (
    deserialize_keras_object,
    serialize_keras_object,
    serialize_sharing,
)
from tfk.saving.registry import UnknownName, register_keras_serializable


class Box:
    """An object that holds others, as layers do."""

    def __init__(self, content=None, label=""):
        self.content, self.label = content, label
        self.built_from = self.compiled_from = None

    def get_config(self):
        return {"content": self.content, "label": self.label}

    @classmethod
    def from_config(cls, config):
        return cls(deserialize_keras_object(config.pop("content")), **config)


class BuiltBox(Box):
    def get_build_config(self):
        return {"input_shape": tf.TensorShape([None, 3])}

    def build_from_config(self, config):
        self.built_from = config

    def get_compile_config(self):
        return {"optimizer": "sgd"}

    def compile_from_config(self, config):
        self.compiled_from = config


OBJECTS = {"Box": Box, "BuiltBox": BuiltBox}


def through_json(config):
    return json.loads(json.dumps(config))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "text",
        [1, [2, None]],
        {"a": 1, "b": {"c": [2]}},
        {"class_name": "no object"},
    ],
)
def test_plain_values_stay(value):
    assert serialize_keras_object(value) == value
    assert deserialize_keras_object(through_json(value)) == value


@pytest.mark.parametrize(
    "value, expected",
    [
        (tf.float16, "float16"),
        (tf.TensorShape([None, 2]), [None, 2]),
        (tf.TensorShape(None), None),
        (np.float32(0.5), 0.5),
        (np.array(3), 3),
        ((1, tf.int32), (1, "int32")),
        (b"ab", {"class_name": "__bytes__", "config": {"value": "ab"}}),
        (
            np.array([[1, 2]], "int16"),
            {"class_name": "__numpy__", "config": {"value": [[1, 2]], "dtype": "int16"}},
        ),
        (
            tf.constant([0.5]),
            {"class_name": "__tensor__", "config": {"value": [0.5], "dtype": "float32"}},
        ),
    ],
)
def test_serialized_form(value, expected):
    assert serialize_keras_object(value) == expected
    keras = pytest.importorskip("tf_keras")
    assert serialize_keras_object(value) == keras.saving.serialize_keras_object(value)


@pytest.mark.parametrize(
    "value",
    [np.array([[1, 2]], "int16"), np.array([1.5, np.inf]), np.array([True]), np.array(["ab", "c"])],
)
def test_arrays_come_back(value):
    again = deserialize_keras_object(through_json(serialize_keras_object(value)))
    assert again.dtype == value.dtype
    np.testing.assert_array_equal(again, value)


def test_tensors_and_bytes_come_back():
    tensor = deserialize_keras_object(serialize_keras_object(tf.constant([1, 2], "int64")))
    assert tensor.dtype == tf.int64 and tensor.numpy().tolist() == [1, 2]
    assert deserialize_keras_object(serialize_keras_object(b"ab")) == b"ab"


@pytest.mark.parametrize(
    "spec",
    [
        tf.TensorSpec((None, 3), "int32", "x"),
        tf.RaggedTensorSpec((None, None), "float32", 1, "int32"),
        tf.SparseTensorSpec((None, 3), "float32"),
    ],
)
def test_type_specs(spec):
    config = through_json(serialize_keras_object(spec))
    assert deserialize_keras_object(config) == spec
    keras = pytest.importorskip("tf_keras")
    assert config == through_json(keras.saving.serialize_keras_object(spec))


def test_objects_are_written_as_in_keras():
    keras = pytest.importorskip("tf_keras")
    pairs = [
        (initializers.HeNormal(3), keras.initializers.HeNormal(3)),
        (regularizers.L2(0.1), keras.regularizers.L2(0.1)),
        (activations.relu, keras.activations.relu),
        (mixed_precision.Policy("mixed_float16"), keras.mixed_precision.Policy("mixed_float16")),
    ]
    for ours, theirs in pairs:
        assert serialize_keras_object(ours) == keras.saving.serialize_keras_object(theirs)


def test_users_objects():
    config = serialize_keras_object(Box(tf.int32, label="a"))
    assert config == {
        "module": Box.__module__,
        "class_name": "Box",
        "config": {"content": "int32", "label": "a"},
        "registered_name": "Box",
    }
    box = deserialize_keras_object(config, custom_objects=OBJECTS)
    assert type(box) is Box and box.content == "int32"
    assert config["config"] == {"content": "int32", "label": "a"}  # what is given is left as it is


def test_registered_objects():
    registered = register_keras_serializable("boxes", "Registered")(type("Registered", (Box,), {}))
    config = serialize_keras_object(registered())
    assert config["registered_name"] == "boxes>Registered"
    assert type(deserialize_keras_object(config)) is registered


def test_build_and_compile_configs():
    config = through_json(serialize_keras_object(BuiltBox()))
    assert config["build_config"] == {"input_shape": [None, 3]}
    box = deserialize_keras_object(config, custom_objects=OBJECTS)
    assert box.built_from == {"input_shape": [None, 3]} and box.compiled_from == {
        "optimizer": "sgd"
    }


def test_nested_objects_find_the_custom_objects_of_the_call():
    config = through_json(serialize_keras_object(Box(Box(initializers.Ones()))))
    box = deserialize_keras_object(config, custom_objects=OBJECTS)
    assert isinstance(box.content.content, initializers.Ones)
    assert registry.get_registered_object("Box") is None


@pytest.mark.parametrize("two_given", [False, True])
def test_copies_made_during_a_load_share_nothing(two_given):
    x = layers.Input((5, 2))
    given = layers.LSTM(3, go_backwards=True) if two_given else None
    y = layers.Bidirectional(layers.LSTM(3), backward_layer=given)(x)
    ones = initializers.Ones()
    for _ in range(2):
        y = layers.Dense(4, kernel_initializer=ones, bias_initializer=ones)(y)
    _, sides, first, second = models.Model.from_config(models.Model(x, y).get_config()).layers
    forward, backward = sides.forward_layer.cell, sides.backward_layer.cell
    for name in ("kernel", "recurrent_kernel"):
        assert not np.allclose(getattr(forward, name), getattr(backward, name))
    assert "shared_object_id" not in str(sides.get_config())
    assert first.kernel_initializer is second.bias_initializer


def test_shared_objects_stay_shared():
    shared = Box(label="shared")
    boxes = [Box(shared), Box(shared), Box(Box(label="other"))]
    config = through_json(serialize_sharing(lambda: serialize_keras_object(boxes)))
    with load_scopes.sharing_scope():
        first, second, third = deserialize_keras_object(config, custom_objects=OBJECTS)
    assert first.content is second.content and first.content is not third.content
    assert "shared_object_id" not in config[2]["config"]["content"]
    assert "shared_object_id" not in str(serialize_keras_object(boxes))
    again = deserialize_keras_object(config, custom_objects=OBJECTS)
    assert again[0].content is not again[1].content  # without a scope


@pytest.mark.parametrize("saved_by", ["keras", "h5", "json", "clone"])
def test_a_layer_in_two_wrappers_stays_one(saved_by, tmp_path):
    inner = layers.Dense(3, name="inner")
    x, y = layers.Input((4, 2)), layers.Input((5, 2))
    outputs = [layers.TimeDistributed(inner)(x), layers.TimeDistributed(inner)(y), inner(x)]
    model = models.Model([x, y], outputs)
    if saved_by == "json":
        again = models.model_from_json(model.to_json())
        again.set_weights(model.get_weights())
    elif saved_by == "clone":
        again = models.Model.from_config(model.get_config())
        again.set_weights(model.get_weights())
    else:
        model.save(tmp_path / f"model.{saved_by}")
        again = models.load_model(tmp_path / f"model.{saved_by}")
    wrappers = [layer.layer for layer in again.layers if hasattr(layer, "layer")]
    assert wrappers[0] is wrappers[1] is again.get_layer("inner")
    assert len(again.weights) == len(model.weights) == 2
    data = [np.ones((2, 4, 2), "float32"), np.ones((2, 5, 2), "float32")]
    for one, other in zip(model.predict(data, verbose=0), again.predict(data, verbose=0)):
        np.testing.assert_array_equal(one, other)


def test_ids_of_two_graphs_are_not_mixed_up():
    """Keras 2 counts the objects of each graph from 1; two graphs in a Sequential meet."""

    def graph(name):
        data = models.Model(i := layers.Input((2,)), layers.Dense(2, name="dense")(i), name=name)
        config = data.get_config()
        for number, layer in enumerate(config["layers"]):
            layer["shared_object_id"] = number
        return {"class_name": "Functional", "config": config}

    config = {"name": "both", "layers": [graph("a"), graph("b")]}
    first, second = models.Sequential.from_config(config).layers
    assert first.get_layer("dense") is not second.get_layer("dense")


def test_older_forms():
    old = {"class_name": "Ones", "config": {}}
    assert isinstance(deserialize_keras_object(old), initializers.Ones)
    function = {
        "class_name": "function",
        "config": "tanh",
        "module": "keras.activations",
        "registered_name": "tanh",
    }
    assert deserialize_keras_object(function) is activations.tanh
    assert deserialize_keras_object("double", custom_objects={"double": len}) is len
    assert deserialize_keras_object("Ones", module_objects={"Ones": len}) is len


def test_every_missing_name_is_listed_with_its_place():
    config = [
        {"module": "os", "class_name": "system", "config": {}, "registered_name": "system"},
        serialize_keras_object(Box({"inner": Box()})),
        {
            "module": "builtins",
            "class_name": "function",
            "config": "eval",
            "registered_name": "function",
        },
        {"class_name": "__typespec__", "spec_name": "TensorSpec", "config": [[1], "int8", None]},
    ]
    with pytest.raises(UnknownName) as caught:
        deserialize_keras_object(config)
    message = str(caught.value)
    for part in (
        "'system' at config[0]",
        "'Box' at config[1];",
        "'Box' at config[1].config.content.inner",
        "'eval'",
    ):
        assert part in message
    assert "custom_objects={'system': system, 'Box': Box, 'eval': eval}" in message


def test_a_failed_load_leaves_nothing_behind():
    config = serialize_keras_object([Box(), Box({"class_name": "Gone", "config": {}})])
    before = dict(registry.get_custom_objects())
    with pytest.raises(UnknownName, match="'Gone'"):
        deserialize_keras_object(config, custom_objects=OBJECTS, safe_mode=False)
    assert registry.get_registered_object("Box") is None
    assert registry.get_custom_objects() == before
    assert load_scopes.in_safe_mode()


def dump(function):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return through_json(serialize_keras_object(function))


def test_lambdas_need_the_permission_of_the_call():
    offset = 3
    config = dump(lambda x, factor=2: factor * x + offset)
    for arguments in ({}, {"safe_mode": True}, {"safe_mode": None}):
        with pytest.raises(ValueError, match="holds a lambda.*pass safe_mode=False"):
            deserialize_keras_object(config, **arguments)
    assert deserialize_keras_object(config, safe_mode=False)(5) == 13


def test_the_permission_reaches_nested_objects_and_ends_with_the_call():
    config = through_json(
        {
            "module": None,
            "class_name": "Box",
            "config": {"content": dump(lambda x: x + 1), "label": ""},
            "registered_name": "Box",
        }
    )
    with pytest.raises(ValueError, match="holds a lambda"):
        deserialize_keras_object(config, custom_objects=OBJECTS)
    assert deserialize_keras_object(config, custom_objects=OBJECTS, safe_mode=False).content(1) == 2
    with pytest.raises(ValueError, match="holds a lambda"):
        deserialize_keras_object(config, custom_objects=OBJECTS)


def test_serializing_a_lambda_warns():
    with pytest.warns(UserWarning, match="A lambda is being serialized"):
        serialize_keras_object(lambda x: x)


@pytest.mark.parametrize(
    "code, message",
    [
        ("AAAA", "cannot be read"),
        ("not base64!", "cannot be read"),
        ("TQ==", "cannot be read|holds no function"),
    ],
)
def test_damaged_lambdas(code, message):
    config = {
        "class_name": "__lambda__",
        "config": {"code": code, "defaults": None, "closure": None},
    }
    with pytest.raises(ValueError, match=message):
        deserialize_keras_object(config, safe_mode=False)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: serialize_keras_object(object()), TypeError, "its class object has no get_config"),
        (
            lambda: serialize_keras_object(tf.OptionalSpec(tf.TensorSpec(()))),
            TypeError,
            "Cannot serialize a Opt",
        ),
        (
            lambda: deserialize_keras_object({1, 2}),
            TypeError,
            "Expected a config of plain values, got {1, 2}",
        ),
        (
            lambda: deserialize_keras_object(1, unknown=2),
            TypeError,
            r"unexpected arguments \['unknown'\]",
        ),
        (
            lambda: deserialize_keras_object({"class_name": "Ones", "config": [1]}),
            ValueError,
            r"Ones: expected its config to be a dict, got \[1\]",
        ),
        (
            lambda: deserialize_keras_object(
                {"class_name": "n", "config": {}}, custom_objects={"n": 3}
            ),
            TypeError,
            "'n' stands for 3, which has no from_config",
        ),
        (
            lambda: deserialize_keras_object(
                {"class_name": "__numpy__", "config": {"value": [None], "dtype": "object"}}
            ),
            ValueError,
            "to hold numbers, booleans or strings, got None",
        ),
        (
            lambda: deserialize_keras_object(
                {"class_name": "__typespec__", "spec_name": "VariantSpec", "config": []}
            ),
            ValueError,
            "a 'VariantSpec'; TensorSpec, RaggedTensorSpec, SparseTensorSpec can be read",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_get_config_must_return_a_dict():
    class Odd(Box):
        def get_config(self):
            return [1]

    with pytest.raises(
        TypeError, match=r"Odd.get_config\(\) must return a dict, it returned \[1\]"
    ):
        serialize_keras_object(Odd())


def test_a_function_of_the_user_may_make_the_object_of_a_config():
    class Penalty(regularizers.Regularizer):
        def __init__(self, factor):
            self.factor = factor

        def get_config(self):
            return {"factor": self.factor}

    config = regularizers.serialize(Penalty(0.5))
    for written in (config, {key: config[key] for key in ("class_name", "config")}):
        made = regularizers.deserialize(written, {"Penalty": lambda factor: Penalty(factor)})
        assert isinstance(made, Penalty) and made.factor == 0.5
