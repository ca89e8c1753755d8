"""NumPy helpers for targets: one-hot rows, ordinal rows, unit norm."""

import numpy as np

from tfk.typing import DTypeLike, Ints, TensorLike
from tfk.utils.tracebacks import hide_internal_frames


@hide_internal_frames
def to_categorical(y: TensorLike, num_classes: int | None = None, dtype: DTypeLike = "float32"):
    """Convert class indices to one-hot rows.

    Args:
        y: Class indices, any shape; a last axis of length 1 is dropped unless it is the only one.
        num_classes: Length of the rows; None uses the largest index plus one. Defaults to None.
        dtype: Dtype of the result. Defaults to `"float32"`.

    Returns:
        An array of shape `(*y.shape, num_classes)`.

    Raises: ValueError if an index is negative or not below `num_classes`.
    >>> to_categorical([0, 2], num_classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    y, num_classes = _class_numbers("to_categorical", y, num_classes)
    rows = np.zeros((y.size, num_classes), dtype=dtype)
    rows[np.arange(y.size), y.reshape(-1)] = 1
    return rows.reshape(*y.shape, num_classes)


def to_ordinal(y: TensorLike, num_classes: int | None = None, dtype: DTypeLike = "float32"):
    """Convert ranks to ordinal rows: rank r becomes r ones followed by zeros.

    Args:
        y: Ranks from 0, any shape; a last axis of length 1 is dropped unless it is the only one.
        num_classes: Number of ranks; None uses the largest rank plus one. Defaults to None.
        dtype: Dtype of the result. Defaults to `"float32"`.

    Returns:
        An array of shape `(*y.shape, num_classes - 1)`.

    Raises: ValueError if a rank is negative or not below `num_classes`.
    >>> to_ordinal([0, 2, 1])
    array([[0., 0.],
           [1., 1.],
           [1., 0.]], dtype=float32)
    """
    y, num_classes = _class_numbers("to_ordinal", y, num_classes)
    return (np.arange(num_classes - 1) < y[..., np.newaxis]).astype(dtype)


def _class_numbers(owner, y, num_classes):
    y = np.array(y, dtype="int")
    if y.ndim > 1 and y.shape[-1] == 1:
        y = y[..., 0]
    if not num_classes:
        if not y.size:
            raise ValueError(f"{owner}: got no class numbers. Pass num_classes for an empty y.")
        num_classes = int(y.max()) + 1
    if y.size and not 0 <= y.min() <= y.max() < num_classes:
        raise ValueError(
            f"{owner}: expected class numbers from 0 to {num_classes - 1}, got numbers from"
            f" {y.min()} to {y.max()}. Number the classes from 0, or pass a larger num_classes."
        )
    return y, int(num_classes)


def normalize(x: TensorLike, axis: Ints = -1, order: int = 2):
    """Divide by the norm along an axis; zero vectors stay zero.

    Args:
        x: Array.
        axis: Axis along which the norm is taken. Defaults to -1.
        order: Order of the norm as in `numpy.linalg.norm`. Defaults to 2.

    Returns:
        A new array of the shape of `x`.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    lengths = np.atleast_1d(np.linalg.norm(x, order, axis))
    lengths[lengths == 0] = 1
    return x / np.expand_dims(lengths, axis)
