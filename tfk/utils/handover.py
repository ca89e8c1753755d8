"""Zero-copy conversion between NumPy arrays and tensors.

TensorFlow copies an array twice when it makes a tensor of it, since the array may change later. An
array without other references cannot; a tensor may share its memory, and a variable that is set to
this tensor takes the memory over.
"""

import math

import numpy as np
import tensorflow as tf

ALIGNMENT = 64  # bytes; what TensorFlow's kernels expect of the place where a tensor begins
KINDS = "iufc"  # of dtypes that are exchanged


def empty(shape, dtype, allocate=np.empty):
    """Return an array whose memory TensorFlow can use.

    Args:
        shape: Its shape.
        dtype: A NumPy dtype without Python objects.
        allocate: Function of a number of bytes and a dtype that returns the memory.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    memory = allocate(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def zeros(shape, dtype):
    """Return a tensor of zeros, for variables that are set to something else before they are read.

    The system provides its memory when it is written to, and for a variable that is set as a whole
    it never is.
    """
    dtype = tf.as_dtype(dtype)
    if np.dtype(dtype.as_numpy_dtype).kind not in KINDS:
        return tf.zeros(shape, dtype)
    return given(empty(tuple(shape), dtype.as_numpy_dtype, np.zeros))


def given(array):
    """Return a tensor with the values of an array that no longer changes: in the same memory, if
    that is possible.

    >>> given(empty((2, 3), "float32")).shape
    TensorShape([2, 3])
    """
    usable = (
        array.dtype.kind in KINDS
        and array.dtype.isnative
        and array.flags.c_contiguous
        and array.flags.writeable
        and array.ctypes.data % ALIGNMENT == 0
    )
    return (
        tf.experimental.dlpack.from_dlpack(array.__dlpack__())
        if usable
        else tf.convert_to_tensor(array)
    )


def assign(variable, array):
    """Set a variable to an array that no longer changes."""
    fits = isinstance(array, np.ndarray) and array.dtype == variable.dtype.as_numpy_dtype
    variable.assign(given(array) if fits else array)


def assign_from(store, variable, array):
    """Set a variable to an array out of a store, which says in `gives_away` whether it keeps its
    arrays to itself.
    """
    if getattr(store, "gives_away", False):
        assign(variable, array)
    else:
        variable.assign(array)


def values(variable):
    """Return the values of a variable as an array, which may be read-only: TensorFlow's own memory,
    if that is possible.

    They stay as they are when the variable changes.

    >>> values(tf.Variable([1.0, 2.0]))
    array([1., 2.], dtype=float32)
    """
    tensor = variable.read_value() if isinstance(variable, tf.Variable) else None
    if (
        tensor is None
        or np.dtype(tensor.dtype.as_numpy_dtype).kind not in KINDS
        or "CPU" not in tensor.device
    ):
        return variable.numpy()
    return np.asarray(memoryview(tensor))
