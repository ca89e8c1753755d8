"""Memory shared by NumPy and TensorFlow: what is shared, what is copied, and that nobody sees the
other's changes.
"""

import numpy as np
import pytest
import tensorflow as tf

from tfk.utils import handover

DTYPES = ("float16", "float32", "float64", "int32", "uint8", "complex64", "bool", "bfloat16")


def address(variable):
    return handover.values(variable).ctypes.data


@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_values_survive_the_way_there_and_back(dtype, shape):
    array = handover.empty(shape, tf.as_dtype(dtype).as_numpy_dtype)
    array[...] = np.arange(array.size).reshape(shape) % 2
    variable = tf.Variable(handover.zeros(shape, dtype))
    assert variable.dtype == dtype and not np.any(variable.numpy())
    handover.assign(variable, array)
    np.testing.assert_array_equal(variable.numpy(), array)
    np.testing.assert_array_equal(handover.values(variable), array)


def test_variables_take_over_the_memory_of_arrays():
    array = handover.empty((4, 5), "float32")
    variable = tf.Variable(handover.zeros((4, 5), "float32"))
    handover.assign(variable, array)
    assert address(variable) == array.ctypes.data


@pytest.mark.parametrize(
    "array",
    [
        np.arange(17, dtype="float32")[1:],  # begins anywhere
        handover.empty((4, 8), "float32")[:, ::2],
        np.broadcast_to(np.float32(3), (4, 4)),  # read-only
        np.arange(16.0).reshape(4, 4).astype(">f4"),
        np.arange(16.0).reshape(4, 4),  # another dtype
    ],
)
def test_other_arrays_are_copied(array):
    array = array.reshape(4, 4) if array.ndim == 1 else array
    variable = tf.Variable(tf.zeros((4, 4)))
    handover.assign(variable, array)
    np.testing.assert_array_equal(variable, array)
    assert address(variable) != array.ctypes.data


@pytest.mark.parametrize("compiled", [None, False, True])
def test_values_stay_when_the_variable_changes(compiled):
    variable = tf.Variable(tf.ones((4,)))

    def update():
        variable.assign_add(tf.ones((4,)))

    kept = handover.values(variable)
    (update if compiled is None else tf.function(update, jit_compile=compiled))()
    np.testing.assert_array_equal(kept, np.ones(4))
    np.testing.assert_array_equal(variable, np.full(4, 2.0))


def test_stores_of_others_keep_their_arrays():
    array = handover.empty((4,), "float32")
    array[:] = 1
    variable = tf.Variable(tf.zeros((4,)))
    handover.assign_from({"0": array}, variable, array)
    array[:] = 5
    np.testing.assert_array_equal(variable, np.ones(4))
