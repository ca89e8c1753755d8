"""The `axis` argument of normalization layers."""

from tfk.utils.checks import describe, is_integer


def check_axis(layer, axis):
    """Returns `axis`, an integer or several, as an integer or a tuple.

    Raises: TypeError for anything else.
    """
    if is_integer(axis):
        return int(axis)
    if isinstance(axis, (list, tuple)) and axis and all(is_integer(one) for one in axis):
        return tuple(int(one) for one in axis)
    raise TypeError(f"{describe(layer)}: expected axis to be an integer or several, got {axis!r}.")


def as_tuple(axis):
    return axis if isinstance(axis, tuple) else (axis,)


def config_axis(axis):
    """`axis` as configs hold it: an integer or a list."""
    return list(axis) if isinstance(axis, tuple) else axis
