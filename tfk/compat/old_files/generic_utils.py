"""`keras.utils.generic_utils`: small helpers of Python objects."""

import inspect

from tfk.saving.legacy import deserialize_keras_object, serialize_keras_object
from tfk.utils.naming import to_snake_case
from tfk.utils.progress import Progbar


def has_arg(fn, name, accept_all=False):
    """Return whether a function takes an argument by this name; with `accept_all` also by
    `**kwargs`."""
    parameters = inspect.signature(fn).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return (accept_all and takes_any) or (name in parameters and parameters[name].kind in by_name)


def to_list(x):
    """`x` if it is a list, else a list of `x` alone."""
    return x if isinstance(x, list) else [x]


def unpack_singleton(x):
    """Return the one element of a list of length 1; anything else as it is."""
    return x[0] if isinstance(x, (list, tuple)) and len(x) == 1 else x


def object_list_uid(object_list):
    """Return a text that identifies the objects of a list."""
    return ", ".join(str(abs(id(obj))) for obj in to_list(object_list))


def is_all_none(structure):
    """Return True if a list (or a single value) contains only None."""
    return all(value is None for value in to_list(structure))


def slice_arrays(arrays, start=None, stop=None):
    """Rows `start:stop` of an array or of each array in a list; `start` may be a list of rows."""
    rows = start if hasattr(start, "__len__") else slice(start, stop)
    if isinstance(arrays, list):
        return [None if array is None else array[rows] for array in arrays]
    return None if arrays is None else arrays[rows]


def make_batches(size, batch_size):
    """Return pairs of first row and end of each batch."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def validate_kwargs(kwargs, allowed_kwargs, error_message="Keyword argument not understood:"):
    """Raise TypeError for a keyword argument that is not allowed."""
    for name in kwargs:
        if name not in allowed_kwargs:
            raise TypeError(f"{error_message} {name}")


__all__ = [
    "Progbar",
    "deserialize_keras_object",
    "has_arg",
    "is_all_none",
    "make_batches",
    "object_list_uid",
    "serialize_keras_object",
    "slice_arrays",
    "to_list",
    "to_snake_case",
    "unpack_singleton",
    "validate_kwargs",
]
