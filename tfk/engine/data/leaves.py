"""Conversion of single arrays, tables, lists and tensors to the form the sources use."""

import sys

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.utils import handover
from tfk.utils.tensorflow_internals import CompositeTensor

COPIED_BELOW = 2**16  # bytes; sharing buffers does not pay for smaller arrays
SHARED_KINDS = "fiu"  # floats and integers can be handed over through dlpack

_SCALARS = (bool, int, float, complex, str, bytes, np.generic)


def normalize(structure, what):
    """Return a nest of user data whose leaves are arrays, tensors or array-likes; lists become
    tuples.

    Lists of numbers (of any depth) become arrays; pandas tables and series, SciPy matrices and
    objects with `__array__` are converted; anything else raises a TypeError that names `what`.

    Args:
        structure: User data, or None.
        what: Name of the argument, for messages.
    """
    if isinstance(structure, dict):
        return {key: normalize(value, f"{what}[{key!r}]") for key, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        if _is_list_of_numbers(structure):
            return _checked(_array_of_rows(structure, what), what)
        items = [normalize(value, f"{what}[{i}]") for i, value in enumerate(structure)]
        return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)
    return _leaf(structure, what)


def _is_list_of_numbers(value):
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, _SCALARS)


def _array_of_rows(rows, what):
    try:
        return np.asarray(rows)
    except ValueError:
        raise ValueError(
            f"{what}: the lists have different lengths. Bring them to one length, for example with"
            " tfk.utils.pad_sequences, or pass tf.ragged.constant(...)."
        ) from None


def _leaf(value, what):
    if value is None or isinstance(value, (tf.Tensor, tf.RaggedTensor, tf.SparseTensor)):
        return value
    if isinstance(value, np.ndarray):
        return _checked(value, what)
    if isinstance(value, tf.Variable):
        return value.value()
    pandas = sys.modules.get(
        "pandas"
    )  # a table can only come from a program that has imported pandas
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return _checked(value.to_numpy(), what)
    if pandas is not None and isinstance(value, pandas.Series):
        return _checked(value.to_numpy()[:, np.newaxis], what)
    if _is_scipy_sparse(value):
        return _sparse_tensor(value)
    if isinstance(value, CompositeTensor) and not isinstance(
        value, (tf.data.Dataset, tf.data.Iterator)
    ):
        return value
    if is_array_like(value):
        return value
    if hasattr(value, "__array__"):
        return _checked(np.asarray(value), what)
    if isinstance(value, _SCALARS):
        return _checked(np.asarray(value), what)
    raise TypeError(
        f"{what}: cannot use a {type(value).__module__}.{type(value).__name__} as data. Expected"
        " NumPy arrays, tensors, pandas tables, lists of numbers, dicts or lists of these, a"
        " tf.data.Dataset, a tfk.utils.Sequence, or a generator of batches."
    )


def is_array_like(value):
    """Return True for objects that are read slice by slice, such as HDF5 datasets."""
    return not isinstance(value, (np.ndarray, tf.Tensor)) and all(
        hasattr(value, name) for name in ("__getitem__", "__len__", "shape", "dtype")
    )


def _is_scipy_sparse(value):
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(value)


def _sparse_tensor(matrix):
    coo = matrix.tocoo()
    values = coo.data.astype(config.floatx()) if coo.data.dtype.kind == "f" else coo.data
    indices = np.stack([coo.row, coo.col], axis=1).astype("int64")
    return tf.sparse.reorder(tf.SparseTensor(indices, values, coo.shape))


def _checked(array, what):
    if array.dtype.kind == "O":
        return _checked_objects(array, what)
    if array.dtype.kind not in "fiubcUS" and not array.dtype.name.startswith(
        ("bfloat16", "float8")
    ):
        raise TypeError(
            f"{what}: cannot train on an array of dtype {array.dtype}. Convert it to numbers first."
        )
    return array


def _checked_objects(array, what):
    """Return arrays of Python objects: strings are kept, numbers unboxed, other objects
    rejected.
    """
    first = array.flat[0] if array.size else ""
    if isinstance(first, (str, bytes)):
        return array
    try:
        return _checked(np.asarray(array.tolist(), dtype=config.floatx()), what)
    except (TypeError, ValueError):
        raise TypeError(
            f"{what}: the array of shape {array.shape} holds Python objects"
            f" ({type(first).__name__}), not numbers. Rows of different lengths need"
            " tfk.utils.pad_sequences or tf.ragged.constant; columns of text need encoding."
        ) from None


def dtype_of(leaf):
    """Return the dtype in which the model receives a leaf: `floatx` for floating arrays, else
    unchanged.
    """
    if isinstance(leaf, CompositeTensor) or tf.is_tensor(leaf):
        return leaf.dtype
    kind = np.dtype(leaf.dtype).kind
    if kind == "f":
        return tf.as_dtype(config.floatx())
    return tf.string if kind in "OUS" else tf.as_dtype(leaf.dtype)


def to_tensor(leaf):
    """Return the leaf as a tensor, with at most one copy of its buffer."""
    if isinstance(leaf, CompositeTensor) or tf.is_tensor(leaf):
        return leaf
    dtype = dtype_of(leaf)
    array = leaf if isinstance(leaf, np.ndarray) else np.asarray(leaf[:])
    small = array.size * dtype.size < COPIED_BELOW
    if small or array.dtype.kind not in SHARED_KINDS or tf.config.list_logical_devices("GPU"):
        return tf.convert_to_tensor(array, dtype)
    return handover.given(aligned(array, dtype.as_numpy_dtype))


def aligned(array, dtype):
    """Return `array` if its buffer can be shared with TensorFlow, else an aligned copy."""
    fits = array.dtype == dtype and array.flags.c_contiguous and array.flags.writeable
    if fits and array.ctypes.data % handover.ALIGNMENT == 0:
        return array
    copy = handover.empty(array.shape, dtype)
    np.copyto(copy, array, casting="same_kind")
    return copy


def rows_in(leaf):
    """Return the number of rows of a leaf."""
    if isinstance(leaf, tf.RaggedTensor):
        return int(leaf.nrows())
    if not len(leaf.shape):
        raise ValueError("Expected data with a batch axis, got a single number.")
    return int(leaf.shape[0])


def bytes_in(leaf):
    """Return the number of additional bytes needed to convert the leaf to a tensor."""
    if isinstance(leaf, CompositeTensor) or tf.is_tensor(leaf):
        return 0
    return int(np.prod(leaf.shape)) * max(dtype_of(leaf).size, 1)
