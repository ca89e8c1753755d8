import pytest
import tensorflow as tf

from tfk import config
from tfk import mixed_precision as mp


@pytest.mark.parametrize(
    "name, compute, variable",
    [
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("int32", "int32", "int32"),
        ("mixed_float16", "float16", "float32"),
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("_infer", None, None),
    ],
)
def test_dtypes(name, compute, variable):
    policy = mp.Policy(name)
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == (name, compute, variable)
    assert mp.Policy.from_config(policy.get_config()).name == name
    assert repr(policy) == f'<Policy "{name}">'


@pytest.mark.parametrize(
    "name, error, message",
    [
        (tf.float16, TypeError, "to be a string, got tf.float16. Pass 'float16'"),
        (3, TypeError, "to be a string, got 3"),
        ("mixed", ValueError, "expected 'mixed_float16', 'mixed_bfloat16' or the name of a dtype"),
    ],
)
def test_unknown_policies(name, error, message):
    with pytest.raises(error, match=message):
        mp.Policy(name)


def test_global_policy():
    assert mp.global_policy().name == "float32"
    config.set_floatx("float64")
    assert mp.global_policy().name == "float64"
    mp.set_global_policy("mixed_bfloat16")
    assert mp.global_policy().compute_dtype == "bfloat16"
    with mp.policy_scope(mp.Policy("float16")):
        assert mp.get_policy(None).name == "float16"
    assert mp.global_policy().name == "mixed_bfloat16"
    with pytest.raises(ValueError, match='floating-point numbers, got <Policy "int32">'):
        mp.set_global_policy("int32")
    assert mp.global_policy().name == "mixed_bfloat16"


@pytest.mark.parametrize(
    "identifier, name",
    [
        ("mixed_float16", "mixed_float16"),
        (tf.float16, "float16"),
        ("float64", "float64"),
        (float, "float32"),
        ({"class_name": "Policy", "config": {"name": "mixed_float16"}}, "mixed_float16"),
        ({"class_name": "PolicyV1", "config": {"name": "float16", "loss_scale": None}}, "float16"),
    ],
)
def test_get_policy(identifier, name):
    assert mp.get_policy(identifier).name == name


@pytest.mark.parametrize("name", ["float32", "mixed_float16", "_infer"])
def test_serialized_as_in_keras(name):
    keras_policy = pytest.importorskip("tf_keras.src.mixed_precision.policy")
    assert mp.serialize_policy(mp.Policy(name)) == keras_policy.serialize(keras_policy.Policy(name))
