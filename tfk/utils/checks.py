"""Checks of arguments: each returns the value in its final form or raises one clear error."""

import inspect
import numbers

import numpy as np

from tfk.utils.suggestions import nearest


def describe(owner):
    """Return the start of an error message: `Dense "proj"`, or `Dense` without a name.

    Args:
        owner: An object, a class or a function, or a string that is used as it is.
    """
    if isinstance(owner, str):
        return owner
    if inspect.isclass(owner) or inspect.isroutine(owner):
        return owner.__name__
    try:
        name = owner.name
    except Exception:  # an object under construction may have no name yet
        name = None
    kind = type(owner).__name__
    return f'{kind} "{name}"' if isinstance(name, str) and name else kind


def plain_number(value):
    """Return the Python number in an array or tensor without axes, or in a `Dimension` of
    TensorFlow 1; anything else as it is.

    >>> plain_number(np.array(3)), plain_number("3")
    (3, '3')
    """
    if type(value).__name__ == "Dimension":
        return value.value
    if isinstance(value, np.generic) or getattr(value, "shape", None) != ():
        return value
    value = value.numpy() if hasattr(value, "numpy") else value
    return value.item() if hasattr(value, "item") else value


def is_integer(value):
    """Return True for Python and NumPy integers, False for booleans and anything else."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_number(value):
    """Return True for Python and NumPy real numbers, False for booleans and anything else."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _wrong(value):
    """The class of error for a value of the wrong type; None is a missing value."""
    return ValueError if value is None else TypeError


def check_int(owner, argument, value, minimum=None):
    """Return `value` as an int of at least `minimum`."""
    value = plain_number(value)
    if not is_integer(value):
        # A float such as 64.0 comes out of a division by mistake more often than on purpose, but is
        # exact.
        if (
            isinstance(value, numbers.Real)
            and not isinstance(value, bool)
            and float(value).is_integer()
        ):
            value = int(value)
        else:
            raise _wrong(value)(
                f"{describe(owner)}: expected {argument} to be an integer, got {value!r}."
            )
    if minimum is not None and value < minimum:
        raise ValueError(
            f"{describe(owner)}: expected {argument} to be at least {minimum}, got {value!r}."
        )
    return int(value)


def check_positive_int(owner, argument, value):
    """Return `value` as an int of at least 1."""
    try:
        return check_int(owner, argument, value, minimum=1)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{describe(owner)}: expected {argument} to be a positive integer, got {value!r}. "
            f"Pass {argument}=1 or more."
        ) from None


def check_number(owner, argument, value, minimum=None, maximum=None):
    """Return `value` as a plain number if it is a real one within `[minimum, maximum]`."""
    value = plain_number(value)
    if not is_number(value):
        raise _wrong(value)(
            f"{describe(owner)}: expected {argument} to be a number, got {value!r}."
        )
    low = minimum is not None and not value >= minimum
    high = maximum is not None and not value <= maximum
    if low or high:
        bounds = " and ".join(
            text
            for text, bound in ((f"at least {minimum}", minimum), (f"at most {maximum}", maximum))
            if bound is not None
        )
        raise ValueError(f"{describe(owner)}: expected {argument} to be {bounds}, got {value!r}.")
    return value


def check_rate(owner, argument, value):
    """Return `value` unchanged if it is a number in `[0, 1]`."""
    return check_number(owner, argument, value, minimum=0, maximum=1)


def check_choice(owner, argument, value, choices):
    """Return `value` if it is one of `choices`."""
    choices = tuple(choices)
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        close = nearest(value, choices) if isinstance(value, str) else None
        hint = f" Did you mean {close!r}?" if close else ""
        raise ValueError(
            f"{describe(owner)}: expected {argument} to be one of {listed}, got {value!r}.{hint}"
        )
    return value


def check_bool(owner, argument, value):
    """Return `value` if it is True or False."""
    if not isinstance(value, bool):
        raise TypeError(
            f"{describe(owner)}: expected {argument} to be True or False, got {value!r}."
        )
    return value


def check_tuple(owner, argument, value, n, minimum=1):
    """Return `value` as a tuple of `n` integers; one integer stands for all of them.

    Args:
        owner: The object whose argument is checked.
        argument: Name of the argument.
        value: An integer, or `n` of them.
        n: Length of the result.
        minimum: The smallest integer allowed (0 for paddings). Defaults to 1.
    >>> check_tuple("Conv2D", "kernel_size", 3, 2)
    (3, 3)
    """
    value = plain_number(value)
    try:
        items = (value,) * n if is_number(value) else tuple(map(plain_number, value))
    except TypeError:
        items = ()
    if (
        isinstance(value, str)
        or len(items) != n
        or not all(is_integer(i) and i >= minimum for i in items)
    ):
        raise ValueError(
            f"{describe(owner)}: expected {argument} to be an integer or a tuple of {n} integers, "
            f"each at least {minimum}, got {value!r}."
        )
    return tuple(int(item) for item in items)


def check_no_more(owner, kwargs, hint=""):
    """Raise if `kwargs` still contains an unused argument."""
    if kwargs:
        names = ", ".join(sorted(kwargs))
        if not hint and not isinstance(owner, str):
            known = inspect.signature(type(owner).__init__).parameters
            close = nearest(min(kwargs), [name for name in known if name not in ("self", "kwargs")])
            hint = f"Did you mean {close!r}?" if close else ""
        raise TypeError(
            f"{describe(owner)}: got unexpected keyword arguments: {names}.{hint and ' ' + hint}"
        )
