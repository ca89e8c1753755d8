"""Lambda: what it passes to the function, and that no code goes into or comes out of a config."""

import json

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Lambda
from tfk.saving import register_keras_serializable
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object

X = tf.constant([[1.0, -2.0]])


@register_keras_serializable("lambda_tests")
def doubled(x):
    return 2.0 * x


def unregistered(x):
    return 3.0 * x


def test_arguments_mask_and_training_are_passed():
    def function(x, factor, training, mask=None):
        return x * factor + (1.0 if training else 0.0) + (10.0 if mask is not None else 0.0)

    layer = Lambda(function, arguments={"factor": 2.0})
    np.testing.assert_allclose(layer(X), [[2.0, -4.0]])
    np.testing.assert_allclose(layer(X, training=True), [[3.0, -3.0]])
    np.testing.assert_allclose(layer(X, mask=tf.constant([True])), [[12.0, 6.0]])


def test_python_if_on_tensors_is_converted():
    def function(x):
        if tf.reduce_sum(x) > 0:
            return x
        return -x

    layer = Lambda(function)
    inputs = tfk.Input((2,))
    model = tfk.Model(inputs, layer(inputs))
    np.testing.assert_allclose(model(X), [[-1.0, 2.0]])
    np.testing.assert_allclose(tf.function(layer, autograph=False)(X), [[-1.0, 2.0]])


def test_dtype_and_structure_in_a_model_come_from_a_trace():
    inputs = tfk.Input((2,))
    outputs = Lambda(lambda x: {"sign": x > 0, "count": tf.ones_like(x[:, 0], tf.int64)})(inputs)
    assert outputs["sign"].dtype == tf.bool and outputs["sign"].shape.as_list() == [None, 2]
    assert outputs["count"].dtype == tf.int64 and outputs["count"].shape.as_list() == [None]


def test_output_shape():
    assert Lambda(lambda x: x, output_shape=(7,)).compute_output_shape((None, 2)).as_list() == [
        None,
        7,
    ]
    assert Lambda(lambda x: x[:, :1]).compute_output_shape((None, 2)).as_list() == [None, 1]
    pair = Lambda(lambda x: x, output_shape=lambda shape: (shape[0], 2 * shape[1]))
    assert pair.compute_output_shape((None, 2)).as_list() == [None, 4]


def test_mask():
    given = Lambda(lambda x: x, mask=lambda x, mask: x[:, 0] > 0)(X)
    np.testing.assert_array_equal(given._keras_mask, [True])


def test_variables_do_not_belong_into_a_lambda():
    with pytest.raises(ValueError, match="creates the variable 'inside'.*subclass of Layer"):
        Lambda(lambda x: x * tf.Variable(1.0, name="inside"))(X)
    outside = tf.Variable(2.0, name="outside")
    layer = Lambda(lambda x: x * outside)
    with pytest.warns(UserWarning, match="uses outside:0"):
        layer(X)
    assert not layer.weights


def test_registered_function_goes_by_name():
    config = serialize_keras_object(Lambda(doubled, name="twice", arguments={}))
    assert config["config"]["function"]["config"] == "lambda_tests>doubled"
    copy = deserialize_keras_object(json.loads(json.dumps(config)))
    assert copy.function is doubled and copy.name == "twice"
    np.testing.assert_allclose(copy(X), [[2.0, -4.0]])


def test_unregistered_function_is_asked_for_by_name():
    config = json.loads(json.dumps(serialize_keras_object(Lambda(unregistered))))
    with pytest.raises(ValueError, match="'unregistered'"):
        deserialize_keras_object(config)
    assert deserialize_keras_object(config, {"unregistered": unregistered}).function is unregistered


@pytest.mark.filterwarnings("ignore:A lambda is being serialized")
def test_a_lambda_is_asked_for_by_the_name_of_its_layer():
    config = json.loads(
        json.dumps(serialize_keras_object(Lambda(lambda x: x + 1.0, name="plus_one")))
    )
    with pytest.raises(ValueError, match="safe_mode=False"):
        deserialize_keras_object(config)
    given = deserialize_keras_object(config, {"plus_one": unregistered})
    assert given.function is unregistered
    np.testing.assert_allclose(deserialize_keras_object(config, safe_mode=False)(X), [[2.0, -1.0]])


def test_copy_of_a_live_layer_needs_no_name():
    layer = Lambda(lambda x: x + 1.0, mask=lambda x, mask: None)
    copy = Lambda.from_config(layer.get_config())
    assert copy.function is layer.function and copy.mask is layer.mask


def test_clone_of_a_live_model_needs_no_name():
    inputs = tfk.Input((2,))
    model = tfk.Model(inputs, Lambda(lambda x: x + 1.0)(inputs))
    np.testing.assert_allclose(tfk.models.clone_model(model)(X), [[2.0, -1.0]])


def test_config_of_keras_2():
    tf_keras = pytest.importorskip("tf_keras")
    theirs = tf_keras.layers.Lambda(
        lambda x: x * 4.0, name="four", arguments={"unused": np.ones(2)}
    )
    config = {
        "class_name": "Lambda",
        "config": json.loads(json.dumps({**theirs.get_config(), "arguments": {}})),
    }
    with pytest.raises(ValueError, match="safe_mode=False"):
        deserialize_keras_object(config)
    np.testing.assert_allclose(deserialize_keras_object(config, safe_mode=False)(X), [[4.0, -8.0]])
    assert deserialize_keras_object(config, {"four": doubled}).function is doubled


def test_array_arguments_survive():
    layer = Lambda(lambda x, by: x * by, arguments={"by": np.array([1.0, 2.0])})
    copy = Lambda.from_config(layer.get_config())
    np.testing.assert_array_equal(copy.arguments["by"], [1.0, 2.0])
    old = {**layer.get_config(), "arguments": {"by": {"type": "ndarray", "value": [3.0, 4.0]}}}
    np.testing.assert_array_equal(Lambda.from_config(old).arguments["by"], [3.0, 4.0])


def test_errors():
    with pytest.raises(TypeError, match="expected a function, got 3"):
        Lambda(3)
    with pytest.raises(ValueError, match="'function', 'lambda' or 'raw', got 'code'"):
        Lambda.from_config({"name": "l", "function": "f", "function_type": "code"})
