"""`tfk.optimizers.get`, `serialize` and `deserialize`."""

from typing import Any

from tfk.optimizers.convert import convert_to_legacy_optimizer
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.tf_optimizer import TFOptimizer
from tfk.saving import optimizer_configs, registry, resolver
from tfk.typing import CustomObjects
from tfk.utils.checks import check_no_more


def serialize(optimizer: Any, use_legacy_format: bool = False):
    """Return the config of an optimizer.

    Args:
        optimizer: An `Optimizer`.
        use_legacy_format: Whether to return only `{"class_name", "config"}`. Defaults to False.
    >>> serialize(tfk.optimizers.SGD(0.5))["class_name"]
    'SGD'
    """
    return resolver.serialize(optimizer, use_legacy_format)


def deserialize(
    config: Any,
    custom_objects: CustomObjects | None = None,
    use_legacy_format: bool = False,
    **kwargs,
):
    """Create an optimizer from a config; names of built-in classes are case-insensitive.

    Args:
        config: Dict returned by `serialize`, in either format.
        custom_objects: Dict mapping names to custom classes. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
        **kwargs: `use_legacy_optimizer=True` returns the class from `optimizers.legacy`.
    Raises: ValueError if the class is unknown.
    >>> deserialize({"class_name": "SGD", "config": {"momentum": 0.5}}).momentum
    0.5
    """
    legacy = kwargs.pop("use_legacy_optimizer", False)
    check_no_more("deserialize", kwargs)
    if isinstance(config, dict) and isinstance(config.get("class_name"), str):
        config = _in_our_spelling(config, custom_objects)
    optimizer = resolver.deserialize("optimizers", config, custom_objects)
    return convert_to_legacy_optimizer(optimizer) if legacy else optimizer


def _in_our_spelling(config, custom_objects):
    """Return the config with a class name and module known to the registry."""
    name, settings = config["class_name"], config.get("config") or {}
    if registry.custom([name], custom_objects) is not None:
        return config
    if name.startswith(optimizer_configs.PREFIX):
        return optimizer_configs.with_module(config)
    if name.lower() not in registry.built_ins("optimizers"):
        return config
    # Configs from before Keras 2.11 always include the decay; their state is in another order.
    before = "decay" in settings and "is_legacy_optimizer" not in settings
    found = registry.built_ins("optimizers")[name.lower()]
    if before and found.__name__ in registry.built_ins("optimizers.legacy"):
        return {**config, "class_name": found.__name__, "module": "keras.optimizers.legacy"}
    return {**config, "class_name": name.lower()}


def get(identifier, **kwargs):
    """Return the optimizer for a name, a config or an optimizer.

    Args:
        identifier: Case-insensitive name of a class, such as `"adam"`; a config; or an `Optimizer`.
        **kwargs: `use_legacy_optimizer=True` returns the class from `optimizers.legacy`.
    Raises: ValueError if the name is unknown or the argument is of another type.
    >>> get("adam").name
    'Adam'
    """
    legacy = kwargs.pop("use_legacy_optimizer", False)
    check_no_more("get", kwargs)
    if isinstance(identifier, Optimizer):
        return convert_to_legacy_optimizer(identifier) if legacy else identifier
    if isinstance(identifier, str):
        if registry.lookup(identifier) is None and registry.lookup(identifier.lower()) is None:
            message = registry.unknown_name_message(identifier, "optimizers")
            raise registry.UnknownName(message, identifier, "optimizers")
        return deserialize({"class_name": identifier, "config": {}}, use_legacy_optimizer=legacy)
    if isinstance(identifier, dict):
        return deserialize(identifier, use_legacy_optimizer=legacy)
    if TFOptimizer.wraps(identifier):
        return TFOptimizer(identifier)
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier!r} of type"
        f" {type(identifier).__name__}. Pass a name such as 'adam', a config or an Optimizer."
    )
