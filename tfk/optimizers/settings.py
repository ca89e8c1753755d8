"""Hyperparameters of optimizers as Python numbers."""

from tfk import config
from tfk.utils.checks import check_number, describe


def number(owner, argument, value, minimum=None, maximum=None):
    """Return `value` as a Python number in `[minimum, maximum]`.

    Raises: TypeError or ValueError for anything else.
    """
    value = check_number(owner, argument, value, minimum, maximum)
    return (
        value.item() if hasattr(value, "item") else value
    )  # NumPy's numbers would impose their dtype


def positive_number(owner, argument, value):
    """Return `value` as a Python number above 0."""
    value = number(owner, argument, value)
    if not value > 0:
        raise ValueError(f"{describe(owner)}: expected {argument} to be above 0, got {value!r}.")
    return value


def small_number(owner, epsilon):
    """Return `epsilon` as a non-negative Python number; None, used by older programs, means
    `config.epsilon()`.
    """
    return config.epsilon() if epsilon is None else number(owner, "epsilon", epsilon, minimum=0)
