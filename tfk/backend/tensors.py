"""Creation of tensors and variables, and their shapes and dtypes."""

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.backend.values import get_value


def constant(value, dtype=None, shape=None, name=None):
    """Return a constant tensor, by default of the default float dtype."""
    return tf.constant(value, dtype=dtype or config.floatx(), shape=shape, name=name)


def variable(value, dtype=None, name=None, constraint=None):
    """Return a variable with the given initial value; for a SciPy sparse matrix, a
    `tf.SparseTensor`.

    Args:
        value: First value.
        dtype: Type; None takes the default float type.
        name: Name. Defaults to None.
        constraint: Function applied to the value after each step of an optimizer. Defaults to None.
    """
    if hasattr(value, "tocoo"):
        matrix = value.tocoo()
        indices = np.stack([matrix.row, matrix.col], axis=1).astype("int64")
        return tf.sparse.reorder(tf.SparseTensor(indices, matrix.data, matrix.shape))
    return tf.Variable(value, dtype=dtype or config.floatx(), name=name, constraint=constraint)


def zeros(shape, dtype=None, name=None):
    """Return a variable of zeros."""
    return variable(tf.zeros(shape, dtype or config.floatx()), dtype, name)


def ones(shape, dtype=None, name=None):
    """Return a variable of ones."""
    return variable(tf.ones(shape, dtype or config.floatx()), dtype, name)


def eye(size, dtype=None, name=None):
    """Return a variable with the identity matrix as its initial value.

    Args:
        size: Number of rows and columns, or a pair.
        dtype: Type; None takes the default float type.
        name: Name. Defaults to None.
    """
    rows, columns = size if isinstance(size, (tuple, list)) else (size, size)
    return variable(tf.eye(rows, columns, dtype=dtype or config.floatx()), dtype, name)


def zeros_like(x, dtype=None, name=None):
    """Return a tensor of zeros in the shape of `x`."""
    return tf.zeros_like(x, dtype=dtype, name=name)


def ones_like(x, dtype=None, name=None):
    """Return a tensor of ones in the shape of `x`."""
    return tf.ones_like(x, dtype=dtype, name=name)


def as_tensor(x):
    """Convert an array to a tensor; tensors, variables and symbolic tensors are returned
    unchanged."""
    return tf.convert_to_tensor(x) if isinstance(x, np.ndarray) else x


def shape(x):
    """Return the shape as a tensor."""
    return tf.shape(x)


def int_shape(x):
    """Return the static shape as a tuple with None for unknown sizes; None if the rank is unknown.

    >>> int_shape(tf.ones((2, 3)))
    (2, 3)
    """
    known = tf.TensorShape(x.shape)
    return None if known.rank is None else tuple(known.as_list())


def ndim(x):
    """Return the number of axes; None if unknown."""
    return tf.TensorShape(x.shape).rank


def dtype(x):
    """Return the name of the dtype."""
    return tf.as_dtype(x.dtype).base_dtype.name


def count_params(x):
    """Return the number of elements.

    >>> count_params(tf.ones((2, 3)))
    6
    """
    return int(np.prod(int_shape(x)))


def is_sparse(tensor):
    """Return whether a tensor is a `tf.SparseTensor`, concrete or symbolic."""
    return isinstance(tensor, tf.SparseTensor) or isinstance(
        getattr(tensor, "type_spec", None), tf.SparseTensorSpec
    )


def to_dense(tensor):
    """Convert a sparse tensor to a dense one; dense tensors are returned unchanged."""
    return tf.sparse.to_dense(tensor) if is_sparse(tensor) else tensor


def eval(x):
    """Return the value of a tensor or variable as an array."""
    return get_value(to_dense(x))
