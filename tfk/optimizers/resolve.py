"""`tfk.optimizers.get`, `serialize` and `deserialize`."""

from tfk.optimizers.optimizer import Optimizer
from tfk.saving import registry, resolver
from tfk.utils.checks import check_no_more


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
    check_no_more("deserialize", kwargs)
    if isinstance(config, dict) and isinstance(config.get("class_name"), str):
        config = _in_our_spelling(config, custom_objects)
    return resolver.deserialize("optimizers", config, custom_objects)


def _in_our_spelling(config, custom_objects):
    """The config with a class name and module that the registry knows."""
    name, settings = config["class_name"], config.get("config") or {}
    if registry.custom(
        [name], custom_objects
    ) is not None or name.lower() not in registry.built_ins("optimizers"):
        return config
    # Optimizers from before Keras 2.11 always stated their decay; their state has another order.
    before = "decay" in settings and "is_legacy_optimizer" not in settings
    found = registry.built_ins("optimizers")[name.lower()]
    if before and found.__name__ in registry.built_ins("optimizers.legacy"):
        return {**config, "class_name": found.__name__, "module": "keras.optimizers.legacy"}
    return {**config, "class_name": name.lower()}


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
    check_no_more("get", kwargs)
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, (str, dict)):
        return deserialize(
            identifier if isinstance(identifier, dict) else {"class_name": identifier, "config": {}}
        )
    raise TypeError(
        "Expected an optimizer: a name such as 'adam', a config or an Optimizer. Got"
        f" {identifier!r} of type {type(identifier).__name__}."
    )
