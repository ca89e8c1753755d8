"""Losses by name and config."""

from tfk.saving import resolver


def get(identifier):
    """The loss that a user means.

    Args:
        identifier: Name of a function (`"mse"`) or of a class (`"MeanSquaredError"`, gives an
            object), a config, a callable, or None.
    Returns: A `Loss` object, a function, or None.
    Raises: ValueError for an unknown name.
    >>> get("mse").__name__
    'mean_squared_error'
    """
    return resolver.get("losses", identifier)


def serialize(loss, use_legacy_format=False):
    """The config of a loss object, or of a function.

    Args:
        loss: A `Loss` or a function that is built in or registered.
        use_legacy_format: True gives the shorter dict of files before Keras 2.13.
    """
    return resolver.serialize(loss, use_legacy_format)


def deserialize(name, custom_objects=None, use_legacy_format=False):
    """The loss that a name or config describes.

    Args:
        name: A name, or the dict that `serialize` gave.
        custom_objects: Dict from names to the user's classes and functions.
        use_legacy_format: Accepted for Keras 2; both formats are recognized by themselves.
    Raises: ValueError for an unknown name.
    >>> deserialize("huber").__name__
    'huber'
    """
    return resolver.deserialize("losses", name, custom_objects)
