"""`tfk.optimizers.get`, `serialize` and `deserialize`."""

from tfk.optimizers.optimizer import Optimizer
from tfk.saving import resolver


def serialize(optimizer, use_legacy_format=False):
    """The config of an optimizer.

    Args:
        optimizer: An `Optimizer`.
        use_legacy_format: True gives `{"class_name", "config"}` only.
    """
    return resolver.serialize(optimizer, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False, **kwargs):
    """The optimizer that a config describes; class names of built-ins count in any case.

    Args:
        config: What `serialize` gave, in either format.
        custom_objects: The user's classes by name.
        use_legacy_format: Accepted for compatibility; both formats are recognized.
        **kwargs: `use_legacy_optimizer`, accepted for compatibility.
    """
    kwargs.pop("use_legacy_optimizer", None)
    if kwargs:
        raise TypeError(f"deserialize: got unexpected arguments {sorted(kwargs)}.")
    return resolver.deserialize("optimizers", config, custom_objects)


def get(identifier, **kwargs):
    """The optimizer meant by a name, a config or an optimizer.

    Args:
        identifier: Name of a class, in any case, such as `"adam"`; a config; or an `Optimizer`.
        **kwargs: `use_legacy_optimizer`, accepted for compatibility.
    Raises: ValueError for an unknown name, TypeError for anything else.
    >>> get("adam").name
    'Adam'
    """
    kwargs.pop("use_legacy_optimizer", None)
    if kwargs:
        raise TypeError(f"get: got unexpected arguments {sorted(kwargs)}.")
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, (str, dict)):
        return deserialize(
            identifier if isinstance(identifier, dict) else {"class_name": identifier, "config": {}}
        )
    raise TypeError(
        f"Expected an optimizer: a name such as 'adam', a config or an Optimizer. Got {identifier!r} of type "
        f"{type(identifier).__name__}."
    )
