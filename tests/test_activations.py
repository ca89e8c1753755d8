import numpy as np
import pytest
import tensorflow as tf

from tfk import activations
from tfk.saving.registry import built_ins, register_keras_serializable
from tfk.utils.logits import logits_of

X = np.array([[-40.0, -3.0, -1.0, -0.5], [0.0, 0.7, 2.6, 40.0]], "float32")


def numpy_softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype("float64")))


FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.05070098 * np.where(x > 0, x, 1.67326324 * np.expm1(np.minimum(x, 0))),
    "swish": lambda x: x * sigmoid(x),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "tanh": np.tanh,
    "exponential": np.exp,
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "sigmoid": sigmoid,
    "softmax": numpy_softmax,
    "log_softmax": lambda x: (
        x - x.max(-1, keepdims=True) - np.log(numpy_softmax(x).max(-1, keepdims=True) ** -1)
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula(name):
    np.testing.assert_allclose(
        getattr(activations, name)(tf.constant(X)), FORMULAS[name](X), rtol=2e-5, atol=1e-6
    )


def test_every_registered_activation_is_tested():
    assert built_ins("activations").keys() - {"gelu"} == FORMULAS.keys()


def test_gelu():
    np.testing.assert_allclose(
        activations.gelu(tf.constant([1.0, -1.0])), [0.8413447, -0.15865526], rtol=1e-5
    )
    approximate = activations.gelu(tf.constant([1.0, -1.0]), approximate=True)
    np.testing.assert_allclose(approximate, [0.841192, -0.158808], rtol=1e-5)


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ({"alpha": 0.5}, [-2.0, -0.5, 0.0, 3.0, 8.0]),
        ({"max_value": 6}, [0.0, 0.0, 0.0, 3.0, 6.0]),
        ({"max_value": 2.0}, [0.0, 0.0, 0.0, 2.0, 2.0]),
        ({"threshold": 3.5}, [0.0, 0.0, 0.0, 0.0, 8.0]),
        ({"alpha": 0.5, "threshold": 1.0}, [-2.5, -1.0, -0.5, 3.0, 8.0]),
        ({"alpha": 0.5, "max_value": 5.0, "threshold": 1.0}, [-2.5, -1.0, -0.5, 3.0, 5.0]),
        ({"alpha": 0.5, "threshold": -2.0}, [-1.0, -1.0, 0.0, 3.0, 8.0]),
    ],
)
def test_relu_arguments(arguments, expected):
    x = np.array([-4.0, -1.0, 0.0, 3.0, 8.0], "float32")
    np.testing.assert_allclose(activations.relu(x, **arguments), expected)
    half = activations.relu(tf.cast(x, "float16"), **arguments)
    assert half.dtype == tf.float16


def test_elu_alpha():
    np.testing.assert_allclose(activations.elu(tf.constant([-100.0, 3.0]), alpha=0.3), [-0.3, 3.0])


def test_softmax_axes():
    x = tf.random.stateless_normal((2, 3, 4), (1, 2))
    for axis in (-1, 1, (1, 2)):
        np.testing.assert_allclose(
            tf.reduce_sum(activations.softmax(x, axis), axis), 1.0, rtol=1e-5
        )
    np.testing.assert_allclose(
        activations.softmax(1000.0 * x, (1, 2)).numpy().sum((1, 2)), 1.0, rtol=1e-5
    )


@pytest.mark.parametrize("shape", [(), (3,)])
def test_softmax_of_a_vector_is_refused(shape):
    with pytest.raises(
        ValueError, match=r"softmax: expected a tensor of rank 2 or more, got shape"
    ):
        activations.softmax(tf.zeros(shape))


def test_probabilities_carry_their_logits():
    x = tf.constant(X)
    assert logits_of(activations.sigmoid(x), "sigmoid") is x
    assert logits_of(activations.sigmoid(x), "softmax") is None
    assert logits_of(activations.softmax(x), "softmax") is x
    assert logits_of(activations.softmax(x, 1), "softmax") is x
    # Losses take the classes from the last axis.
    assert logits_of(activations.softmax(x, 0), "softmax") is None
    assert logits_of(tf.identity(activations.softmax(x)), "softmax") is None


@pytest.mark.parametrize("name", sorted(built_ins("activations")))
def test_name_round_trip(name):
    function = activations.get(name)
    assert activations.get(activations.serialize(function)) is function


def test_tensorflow_functions_count_as_activations():
    functions = (tf.nn.relu, tf.nn.softmax, tf.nn.silu, tf.math.sigmoid, tf.nn.leaky_relu)
    names = ["relu", "softmax", "swish", "sigmoid", "leaky_relu"]
    assert [activations.serialize(function) for function in functions] == names


def test_user_functions():
    def doubled(x):
        return 2 * x

    config = activations.serialize(doubled)
    assert config == {
        "module": "builtins",
        "class_name": "function",
        "config": "doubled",
        "registered_name": "function",
    }
    assert activations.deserialize(config, custom_objects={"doubled": doubled}) is doubled
    assert activations.get(doubled) is doubled
    registered = register_keras_serializable("activation_tests")(doubled)
    assert activations.get(activations.serialize(registered)) is doubled
    assert activations.serialize(registered, use_legacy_format=True) == "activation_tests>doubled"


def test_a_user_function_named_like_a_built_in_is_not_taken_for_it():
    def relu(x):
        return x + 1

    assert activations.serialize(relu) != "relu"


def test_get():
    assert activations.get(None) is activations.linear
    assert (
        activations.get({"class_name": "function", "config": "tanh", "module": "builtins"})
        is activations.tanh
    )
    with pytest.raises(
        ValueError, match="Unknown activation function: 'rleu'.*Did you mean 'relu'"
    ):
        activations.get("rleu")
    with pytest.raises(TypeError, match="Expected an activation function: a name"):
        activations.get(3)


def test_same_numbers_as_keras():
    keras_activations = pytest.importorskip("tf_keras").activations
    for name in FORMULAS.keys() - {"relu6", "leaky_relu", "log_softmax", "silu"}:
        x = tf.constant(X)
        np.testing.assert_array_equal(
            getattr(activations, name)(x), getattr(keras_activations, name)(x), name
        )
        assert activations.serialize(getattr(activations, name)) == name
