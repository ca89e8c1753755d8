"""Shared implementation of `initializers.get`, `losses.deserialize`, `optimizers.serialize` and
similar functions.
"""

import inspect
import types

from tfk.saving import configs, registry

# How messages call an object of each kind.
LABELS = {
    "activations": "an activation function",
    "constraints": "a constraint",
    "initializers": "an initializer",
    "layers": "a layer",
    "losses": "a loss",
    "metrics": "a metric",
    "optimizers": "an optimizer",
    "optimizers.schedules": "a learning rate schedule",
    "regularizers": "a regularizer",
}


def get(kind, identifier):
    """Return the object that a user means by a name, a config, a class, an object or None.

    Args:
        kind: `"initializers"`, `"losses"`, ...
        identifier: Name of a class (gives an instance with default arguments) or of a function;
            config dict; class (gives an instance); any callable or None (given back).
    Raises: ValueError for an unknown name or anything else.
    """
    if identifier is None:
        return None
    if isinstance(identifier, (str, dict)):
        return deserialize(kind, identifier)
    if inspect.isclass(identifier):
        return identifier()
    if callable(identifier):
        return identifier
    raise ValueError(
        f"Expected {LABELS[kind]}: a name, a config dict or a callable. Got {identifier!r} of type "
        f"{type(identifier).__name__}."
    )


def deserialize(kind, config, custom_objects=None):
    """Return the object that a name or a config of this kind describes.

    Raises: ValueError when the name is not known, with names that are similar.
    """
    if config is None:
        return None
    if isinstance(config, dict):
        if not configs.is_object_config(config):
            raise ValueError(
                f"Expected the config of {LABELS[kind]} with keys 'class_name', 'config', got"
                f" {config!r}."
            )
        return configs.load(config, custom_objects, kind=kind)
    if not isinstance(config, str):
        raise ValueError(f"Expected the name or config of {LABELS[kind]}, got {config!r}.")
    found = registry.lookup(config, custom_objects=custom_objects, kind=kind)
    if found is None:
        raise registry.UnknownName(registry.unknown_name_message(config, kind), config, kind)
    return found() if inspect.isclass(found) else found


def serialize(obj, use_legacy_format=False):
    """Return the config of an object, or the name of a function that is built in or registered.

    Args:
        obj: An object, a function or None.
        use_legacy_format: True gives `{"class_name", "config"}`, as files before Keras 2.13 hold
            it. Defaults to False.
    """
    if not use_legacy_format or obj is None:
        return configs.serialize_keras_object(obj)
    if isinstance(obj, types.FunctionType):
        return registry.get_registered_name(obj)
    config = configs.serialize_keras_object(obj)
    if registry.public_name(type(obj)) is None:
        config["class_name"] = registry.get_registered_name(type(obj))
    return {"class_name": config["class_name"], "config": config["config"]}
