"""Lookup of losses by name and config."""

from typing import Any

from tfk.saving import resolver
from tfk.typing import CustomObjects


def get(identifier):
    """Return the loss for an identifier.

    Args:
        identifier: Name of a function (`"mse"`) or a class (`"MeanSquaredError"`, returns an
            object), a config, a callable, or None.
    Returns: A `Loss` object, a function, or None.
    Raises: ValueError if the name is unknown.
    >>> get("mse").__name__
    'mean_squared_error'
    """
    return resolver.get("losses", identifier)


def serialize(loss: Any, use_legacy_format: bool = False):
    """Return the config of a loss object or function.

    Args:
        loss: A `Loss`, or a built-in or registered function.
        use_legacy_format: Whether to return the shorter dict used before Keras 2.13. Defaults to
            False.
    Raises: ValueError if a function is not registered.
    >>> serialize(get("mse"))["config"]
    'mean_squared_error'
    """
    return resolver.serialize(loss, use_legacy_format)


def deserialize(
    name: str, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a loss from a name or config.

    Args:
        name: A name, or a dict returned by `serialize`.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize("huber").__name__
    'huber'
    """
    return resolver.deserialize("losses", name, custom_objects)
