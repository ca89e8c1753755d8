"""Settings of optimizers as Python numbers."""

from tfk import config
from tfk.utils.checks import check_number, describe


def number(owner, argument, value, minimum=None, maximum=None):
    """`value` as a Python number within `[minimum, maximum]`.

    Raises: TypeError or ValueError for anything else.
    """
    value = check_number(owner, argument, value, minimum, maximum)
    return (
        value.item() if hasattr(value, "item") else value
    )  # NumPy's numbers would impose their dtype


def positive_number(owner, argument, value):
    """`value` as a Python number above 0."""
    value = number(owner, argument, value)
    if not value > 0:
        raise ValueError(f"{describe(owner)}: expected {argument} to be above 0, got {value!r}.")
    return value


def small_number(owner, epsilon):
    """`epsilon` as a Python number from 0; None, which older programs pass, is
    `config.epsilon()`.
    """
    return config.epsilon() if epsilon is None else number(owner, "epsilon", epsilon, minimum=0)
