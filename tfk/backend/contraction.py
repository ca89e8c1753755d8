"""Products of matrices and of batches of matrices."""

import tensorflow as tf

from tfk.backend.tensors import int_shape, is_sparse, ndim


def l2_normalize(x, axis=None):
    """Normalize `x` to unit Euclidean norm along `axis`.

    Args:
        x: Tensor of floating-point numbers.
        axis: An axis or a list of axes; None normalizes the whole tensor. Defaults to None.

    >>> l2_normalize(tf.constant([3.0, 4.0])).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    return tf.math.l2_normalize(x, axis=axis)


def dot(x, y):
    """Contract the last axis of `x` with the second-to-last axis of `y`, such as a matrix product.

    Args:
        x: Tensor `(..., n)`, also sparse when of rank 2.
        y: Tensor `(..., n, m)`.

    Returns:
        Tensor with the other axes of `x`, then those of `y`.

    >>> dot(tf.ones((2, 3)), tf.ones((4, 3, 5))).shape
    TensorShape([2, 4, 5])
    """
    if is_sparse(x):
        return tf.sparse.sparse_dense_matmul(x, y)
    ranks = ndim(x), ndim(y)
    if None in ranks or ranks == (2, 2):
        return tf.matmul(x, y)
    return tf.tensordot(x, y, [[ranks[0] - 1], [ranks[1] - 2]])


def batch_dot(x, y, axes=None):
    """Contract one axis of `x` with one of `y`, sample by sample.

    Args:
        x: Tensor `(batch, ...)` of rank 2 or more.
        y: Tensor `(batch, ...)` of rank 2 or more.
        axes: The axis of each, or one number for both; None takes the last of `x` and the last but
            one of `y` (the last when `y` has rank 2). Defaults to None.

    Returns:
        Tensor `(batch, other axes of x, other axes of y)`; `(batch, 1)` when there are none.

    Raises: ValueError for axes that do not fit.
    >>> batch_dot(tf.ones((8, 3, 4)), tf.ones((8, 4, 5))).shape
    TensorShape([8, 3, 5])
    """
    x_shape, y_shape = int_shape(x), int_shape(y)
    shapes = f"got the shapes {x_shape} and {y_shape}"
    if x_shape is None or y_shape is None or len(x_shape) < 2 or len(y_shape) < 2:
        raise ValueError(f"batch_dot: expected tensors of rank 2 or more, {shapes}.")
    if None not in (x_shape[0], y_shape[0]) and x_shape[0] != y_shape[0]:
        raise ValueError(f"batch_dot: expected as many samples in x as in y, {shapes}.")
    if axes is None:
        axes = (len(x_shape) - 1, len(y_shape) - (1 if len(y_shape) == 2 else 2))
    elif isinstance(axes, int):
        axes = (axes, axes)
    if len(axes) != 2 or not all(isinstance(axis, int) for axis in axes):
        raise ValueError(
            f"batch_dot: expected axes to be a number, a pair of numbers or None, got {axes!r}."
        )
    x_axis, y_axis = axes[0] % len(x_shape), axes[1] % len(y_shape)
    if 0 in (x_axis, y_axis):
        raise ValueError(f"batch_dot: cannot sum over the batch axis 0, got axes={tuple(axes)}.")
    if None not in (x_shape[x_axis], y_shape[y_axis]) and x_shape[x_axis] != y_shape[y_axis]:
        raise ValueError(f"batch_dot: expected axes {tuple(axes)} of one length, {shapes}.")
    x_letters = _letters(len(x_shape), x_axis, "abcdefghijklmnopqr")
    y_letters = _letters(len(y_shape), y_axis, "ABCDEFGHIJKLMNOPQR")
    kept = "z" + (x_letters + y_letters).translate({ord("z"): None, ord("s"): None})
    product = tf.einsum(f"{x_letters},{y_letters}->{kept}", x, y)
    return tf.expand_dims(product, 1) if kept == "z" else product


def _letters(rank, summed, names):
    """One letter an axis: z the batch, s the axis summed over."""
    others = iter(names)
    return "".join(
        "z" if axis == 0 else "s" if axis == summed else next(others) for axis in range(rank)
    )
