"""TensorFlow functions in files: computations alone, traced and never run while a file loads."""

import inspect
import json
import os

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.security.attack_files import functional
from tfk.engine.graph import tf_functions

CONSTANT = "_CONSTANT_VALUE"


def call_on_x(function, kwargs, dtype="float32"):
    """A model that calls a TensorFlow function on its input, with more arguments."""
    config = {"name": "f", "function": function, "dtype": "float32", "trainable": True}
    return functional(("TFOpLambda", config, [["x", 0, 0, kwargs]]), output="f", dtype=dtype)


def call_on_constant(function, first, kwargs):
    config = {"name": "f", "function": function, "dtype": "float32", "trainable": True}
    add = {"name": "a", "function": "math.add", "dtype": "float32", "trainable": True}
    return functional(
        ("TFOpLambda", config, [[CONSTANT, -1, first, kwargs]]),
        ("TFOpLambda", add, [["x", 0, 0, {"y": ["f", 0, 0]}]]),
        output="a",
    )


def load(config):
    return tfk.models.model_from_json(json.dumps(config))


SAMPLER = {"num_true": 1, "num_sampled": 1, "unique": False, "range_max": 1}


def test_a_sampler_does_not_read_a_vocabulary_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the first line\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (str(secret), str(pipe), "gs://bucket/object", "http://127.0.0.1:1/x"):
        for name in (
            "random.fixed_unigram_candidate_sampler",
            "nn.fixed_unigram_candidate_sampler",
            "compat.v1.nn.fixed_unigram_candidate_sampler",
        ):
            kwargs = {**SAMPLER, "vocab_file": path}
            for config in (
                call_on_constant(name, [[0]], kwargs),
                call_on_x(name, kwargs, dtype="int64"),
            ):
                with pytest.raises(ValueError, match="constants alone|not among the pure") as info:
                    load(config)
                assert "the first line" not in str(info.value)


@pytest.mark.parametrize(
    "function, first, kwargs",
    [
        ("zeros", [1000000000], {}),
        ("range", 1000000000, {}),
        ("eye", 100000, {}),
        ("fill", [1000000000], {"value": 1}),
        ("ones", [100000, 100000], {}),
        ("linspace", 0.0, {"stop": 1.0, "num": 1000000000}),
        ("random.normal", [1000000000], {}),
    ],
)
def test_functions_of_constants_alone_do_not_run(function, first, kwargs):
    with pytest.raises(ValueError, match='"f" is called on constants alone'):
        load(call_on_constant(function, first, kwargs))


def test_layers_on_constants_do_not_run():
    config = functional(
        ("ZeroPadding1D", {"name": "f", "padding": 10**8}, [[[CONSTANT, -1, [[[1.0]]], {}]]]),
        output="f",
    )
    with pytest.raises(ValueError, match='"f" is called on constants alone'):
        load(config)


@pytest.mark.parametrize(
    "name",
    [
        "no_gradient",
        "get_logger",
        "timestamp",
        "variable_creator_scope",
        "random.create_rng_state",
        "gradients",
        "hessians",
        "nondifferentiable_batch_function",
        "ragged.map_flat_values",
        "sparse.map_values",
        "io.read_file",
        "io.write_file",
        "io.matching_files",
        "print",
        "py_function",
        "raw_ops.ReadFile",
        "load_library",
        "make_tensor_proto",
        "constant",
        "compat.v1.py_func",
        "Variable",
        "function",
        "data.Dataset",
        ["relu"],
        {"a": 1},
        5,
        "",
    ],
)
def test_what_is_no_computation_is_not_found(name):
    with pytest.raises(ValueError, match="not among the pure functions"):
        load(call_on_x(name, {}))


def test_every_allowed_function_is_a_computation():
    """By property: where TensorFlow defines it, and what its parameters are called."""
    for name, function in tf_functions.pure_functions().items():
        target = inspect.unwrap(function)
        assert target.__module__.startswith("tensorflow.python."), name
        parameters = set(inspect.signature(target).parameters)
        assert not {word for word in parameters if "file" in word or word in ("fn", "op")}, name


@pytest.mark.parametrize(
    "operation, message",
    [
        (lambda x: tf.io.read_file("/etc/passwd"), "takes filename"),
        (lambda x: tf.io.matching_files("/*"), "has state|takes|pattern"),
        (lambda x: tf.raw_ops.PrintV2(input="x", output_stream="file:///tmp/x"), "output_stream"),
        (lambda x: tf.py_function(lambda: 1.0, [], tf.float32), "has state"),
        (lambda x: tf.timestamp(), "has state"),
        (lambda x: tf.raw_ops.MutableHashTableV2(key_dtype=tf.int64, value_dtype=tf.int64), ""),
        (lambda x: tf.map_fn(lambda y: tf.io.read_file("/etc/passwd"), x, dtype=tf.string), ""),
    ],
)
def test_operations_are_checked_after_the_trace(operation, message):
    graph = tf.__internal__.FuncGraph("test")
    with graph.as_default():
        operation(tf.raw_ops.Placeholder(dtype=tf.float32, shape=[2]))
    with pytest.raises(ValueError, match=f"Files may hold computations alone|{message}"):
        tf_functions.check_operations(graph)


def test_nothing_runs_eagerly_while_a_file_loads(monkeypatch):
    """Functions see graph tensors, never values."""
    seen = []

    def spy(x, **_):
        seen.append(isinstance(x, tf.Tensor) and not hasattr(x, "numpy"))
        return x

    spy.__module__ = "tensorflow.python.ops.math_ops"
    monkeypatch.setitem(tf_functions.pure_functions(), "math.spy", spy)
    load(call_on_x("math.spy", {}))
    assert seen and all(seen)


def test_the_number_of_outputs_is_limited():
    for function, kwargs in (
        ("unstack", {"num": 10**9}),
        ("split", {"num_or_size_splits": 10**9}),
    ):
        with pytest.raises(ValueError, match="limit of a load|does not fit"):
            load(call_on_x(function, kwargs))


@pytest.mark.parametrize(
    "make",
    [
        lambda x: tf.nn.relu(x) + 1.0,
        lambda x: tf.concat([x, tf.zeros_like(x)], axis=-1)[:, 1:],
        lambda x: tf.one_hot(tf.argmax(x, -1), 3) * tf.reduce_mean(x, axis=-1, keepdims=True),
        lambda x: tf.random.uniform(tf.shape(x), seed=3) * 0.0 + x,
        lambda x: tf.image.resize(x[:, :, tf.newaxis, tf.newaxis], (4, 2)),
        lambda x: tf.signal.stft(tf.tile(x, [1, 8]), 4, 2),
        lambda x: tf.math.unsorted_segment_sum(x, tf.constant([0]), 1),
        lambda x: tf.convert_to_tensor(x) ** 2,
        lambda x: tf.where(x > 0, x, tf.nn.elu(x)),
        lambda x: tf.stack(tf.unstack(x, axis=1), axis=1),
        lambda x: tf.map_fn if x is None else tf.cast(tf.cast(x, tf.int32), tf.float32),
    ],
)
def test_computations_load_and_give_the_same(make):
    x = tfk.Input((2,))
    model = tfk.Model(x, make(x))
    data = np.array([[1.5, -2.0]], "float32")
    np.testing.assert_array_equal(load(json.loads(model.to_json()))(data), model(data))
