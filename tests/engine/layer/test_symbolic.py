"""Symbolic tensors: operators, references and where they come from."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import Input, Model
from tfk.layers import Dense

ARRAY = np.array([1.0, 2.0, 3.0], "float32")
OPERATORS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "floor divide": lambda a, b: a // b,
    "modulo": lambda a, b: a % b,
    "less": lambda a, b: a < b,
    "matmul": lambda a, b: np.outer(a, a).astype("float32") @ b if b.ndim == 2 else a @ a,
}


@pytest.mark.parametrize("name", [name for name in OPERATORS if name != "matmul"])
@pytest.mark.parametrize("left", [ARRAY, np.float32(2.0), np.float64(2.0), 2.0], ids=repr)
def test_numpy_values_stand_left_of_operators(name, left):
    x = Input((3,))
    y = OPERATORS[name](left, x)
    values = np.array([[4.0, 5.0, 6.0], [0.5, 1.5, 2.5]], "float32")
    np.testing.assert_allclose(
        Model(x, y)(values), OPERATORS[name](np.float32(left), values), rtol=1e-6
    )


def test_numpy_matrix_times_symbolic_tensor():
    x = Input(batch_shape=(3, 2))
    values = np.arange(6, dtype="float32").reshape(3, 2)
    matrix = np.outer(ARRAY, ARRAY)
    np.testing.assert_allclose(Model(x, matrix @ x)(values), matrix @ values)


def test_reference_serves_as_a_key():
    x, y = Input((3,)), Input((3,))
    found = {x.ref(): "x", y.ref(): "y"}
    assert found[x.ref()] == "x" and found[y.ref()] == "y"
    assert x.ref() == x.ref() != y.ref() and x.ref().deref() is x


def test_node_and_history_say_where_a_tensor_comes_from():
    x = Input((3,))
    layer = Dense(2)
    first, second = layer(x), layer(x)
    assert first.node.layer is layer and first.node.keras_inputs == [x]
    assert second._keras_history.layer is layer
    assert second._keras_history.node_index == 1 and second._keras_history.tensor_index == 0
    assert x.node.is_input and second.node.parent_nodes == [x.node]


def test_tensorflow_takes_it_for_a_tensor():
    assert tf.is_tensor(Input((3,)))
    assert tuple(type(Input((3,))).from_tensor(tf.ones((2, 3))).shape) == (2, 3)
