"""The `axis` argument of normalization layers."""

from tfk.utils.checks import describe, is_integer
from tfk.utils.conv_arithmetic import normalize_axis


def check_axis(layer, axis):
    """Return `axis`, an integer or several, as an integer or a tuple.

    Raises: TypeError for anything else.
    """
    if is_integer(axis):
        return int(axis)
    if isinstance(axis, (list, tuple)) and axis and all(is_integer(one) for one in axis):
        return tuple(int(one) for one in axis)
    raise TypeError(f"{describe(layer)}: expected axis to be an integer or several, got {axis!r}.")


def as_tuple(axis):
    return axis if isinstance(axis, tuple) else (axis,)


def axes_of(layer, rank):
    """Return `layer.axis` as a tuple counted from the front, for inputs of `rank`.

    Raises: ValueError for axes that do not exist or are repeated.
    """
    axes = normalize_axis(as_tuple(layer.axis), rank, layer)
    if len(set(axes)) < len(axes):
        raise ValueError(
            f"{describe(layer)}: axis={layer.axis} names an axis twice for inputs of rank {rank}."
            " Name each once."
        )
    return axes


def config_axis(axis):
    """Return `axis` in config form: an integer or a list."""
    return list(axis) if isinstance(axis, tuple) else axis
