"""Batches in the forms of `fit`: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`."""

from tfk.typing import TensorLike


def unpack_x_y_sample_weight(data):
    """Unpack a batch; missing parts are None.

    Args:
        data: `x` (not a tuple or list), or a tuple or list of one to three parts.

    Returns:
        The tuple `(x, y, sample_weight)`.

    Raises: ValueError for more than three parts.
    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "A batch is expected to be x, (x,), (x, y) or (x, y, sample_weight), got a"
            f" {type(data).__name__} of {len(data)} parts. Pack several inputs in a tuple or dict"
            ": ((x1, x2), y)."
        )
    return (*data, None, None)[:3]


def pack_x_y_sample_weight(x: TensorLike, y: TensorLike = None, sample_weight: TensorLike = None):
    """Pack a batch in the shortest form that `unpack_x_y_sample_weight` accepts.

    Args:
        x: Inputs.
        y: Targets. Defaults to None.
        sample_weight: Sample weights. Defaults to None.
    >>> pack_x_y_sample_weight(1)
    1
    >>> pack_x_y_sample_weight(1, 2, 3)
    (1, 2, 3)
    """
    if sample_weight is not None:
        return (x, y, sample_weight)
    if y is not None:
        return (x, y)
    return (x,) if isinstance(x, (tuple, list)) else x
