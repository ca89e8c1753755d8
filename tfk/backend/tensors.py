"""Creation of tensors and variables, and their shapes and dtypes."""

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.backend.values import get_value


def constant(value, dtype=None, shape=None, name=None):
    """Return a constant tensor.

    Args:
        value: A number, a list or an array.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        shape: Shape of the result, to which `value` is reshaped or repeated. Defaults to None.
        name: Name of the operation. Defaults to None.

    >>> constant([1, 2]).numpy()
    array([1., 2.], dtype=float32)
    """
    return tf.constant(value, dtype=dtype or config.floatx(), shape=shape, name=name)


def variable(value, dtype=None, name=None, constraint=None):
    """Return a variable.

    Args:
        value: Initial value. A SciPy sparse matrix gives a `tf.SparseTensor` instead.
        dtype: Dtype of the variable; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.
        constraint: Function applied to the value after each optimizer step. Defaults to None.

    >>> variable([1, 2]).numpy()
    array([1., 2.], dtype=float32)
    """
    if hasattr(value, "tocoo"):
        matrix = value.tocoo()
        indices = np.stack([matrix.row, matrix.col], axis=1).astype("int64")
        return tf.sparse.reorder(tf.SparseTensor(indices, matrix.data, matrix.shape))
    return tf.Variable(value, dtype=dtype or config.floatx(), name=name, constraint=constraint)


def zeros(shape, dtype=None, name=None):
    """Return a variable of zeros.

    Args:
        shape: Shape of the variable, a tuple of integers.
        dtype: Dtype of the variable; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.

    >>> zeros((2,)).numpy()
    array([0., 0.], dtype=float32)
    """
    return variable(tf.zeros(shape, dtype or config.floatx()), dtype, name)


def ones(shape, dtype=None, name=None):
    """Return a variable of ones.

    Args:
        shape: Shape of the variable, a tuple of integers.
        dtype: Dtype of the variable; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.

    >>> ones((2,)).numpy()
    array([1., 1.], dtype=float32)
    """
    return variable(tf.ones(shape, dtype or config.floatx()), dtype, name)


def eye(size, dtype=None, name=None):
    """Return a variable whose initial value is the identity matrix.

    Args:
        size: Number of rows and columns, or a pair.
        dtype: Dtype of the variable; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.

    >>> eye(2).numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    rows, columns = size if isinstance(size, (tuple, list)) else (size, size)
    return variable(tf.eye(rows, columns, dtype=dtype or config.floatx()), dtype, name)


def zeros_like(x, dtype=None, name=None):
    """Return a tensor of zeros in the shape of `x`.

    Args:
        x: Tensor.
        dtype: Dtype of the result; None uses that of `x`. Defaults to None.
        name: Name of the operation. Defaults to None.

    >>> zeros_like(tf.constant([5, 6])).numpy()
    array([0, 0], dtype=int32)
    """
    return tf.zeros_like(x, dtype=dtype, name=name)


def ones_like(x, dtype=None, name=None):
    """Return a tensor of ones in the shape of `x`.

    Args:
        x: Tensor.
        dtype: Dtype of the result; None uses that of `x`. Defaults to None.
        name: Name of the operation. Defaults to None.

    >>> ones_like(tf.constant([5, 6])).numpy()
    array([1, 1], dtype=int32)
    """
    return tf.ones_like(x, dtype=dtype, name=name)


def as_tensor(x):
    """Convert an array to a tensor; tensors, variables and symbolic tensors are returned
    unchanged."""
    return tf.convert_to_tensor(x) if isinstance(x, np.ndarray) else x


def shape(x):
    """Return the shape as a tensor.

    Args:
        x: Tensor.

    >>> shape(tf.ones((2, 3))).numpy()
    array([2, 3], dtype=int32)
    """
    return tf.shape(x)


def int_shape(x):
    """Return the static shape as a tuple with None for unknown sizes; None if the rank is unknown.

    Args:
        x: Tensor or variable, also symbolic.

    >>> int_shape(tf.ones((2, 3)))
    (2, 3)
    """
    known = tf.TensorShape(x.shape)
    return None if known.rank is None else tuple(known.as_list())


def ndim(x):
    """Return the number of axes; None if unknown.

    Args:
        x: Tensor or variable, also symbolic.

    >>> ndim(tf.ones((2, 3)))
    2
    """
    return tf.TensorShape(x.shape).rank


def dtype(x):
    """Return the name of the dtype.

    Args:
        x: Tensor or variable, also symbolic.

    >>> dtype(tf.ones(3))
    'float32'
    """
    return tf.as_dtype(x.dtype).base_dtype.name


def count_params(x):
    """Return the number of elements.

    Args:
        x: Tensor or variable of a known shape.

    >>> count_params(tf.ones((2, 3)))
    6
    """
    return int(np.prod(int_shape(x)))


def is_sparse(tensor):
    """Return whether a tensor is a `tf.SparseTensor`, concrete or symbolic.

    Args:
        tensor: Any object.

    >>> is_sparse(tf.sparse.eye(2)), is_sparse(tf.eye(2))
    (True, False)
    """
    return isinstance(tensor, tf.SparseTensor) or isinstance(
        getattr(tensor, "type_spec", None), tf.SparseTensorSpec
    )


def to_dense(tensor):
    """Convert a sparse tensor to a dense one; dense tensors are returned unchanged.

    Args:
        tensor: Tensor, sparse or dense.

    >>> to_dense(tf.sparse.eye(2)).numpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    return tf.sparse.to_dense(tensor) if is_sparse(tensor) else tensor


def eval(x):
    """Return the value of a tensor or variable as an array.

    Args:
        x: Tensor or variable, sparse or dense.

    >>> eval(tf.constant([1.0]) * 2)
    array([2.], dtype=float32)
    """
    return get_value(to_dense(x))
