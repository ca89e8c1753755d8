"""`utils.legacy`: objects as `{"class_name", "config"}`, the format of Keras before 2.13."""

import inspect

from tfk.saving import registry


def serialize_keras_object(instance):
    """Describe an object by its class and config, a function by its name.

    Args:
        instance: An object with `get_config`, a function or class, or None.
    Raises: ValueError for anything else.
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config") and not inspect.isclass(instance):
        name = getattr(instance, "_config_name", None) or registry.public_name(type(instance))
        custom = registry.get_registered_name(type(instance))
        return {"class_name": name[1] if name else custom, "config": _plain(instance.get_config())}
    if hasattr(instance, "__name__"):
        return registry.get_registered_name(instance)
    raise ValueError(
        f"serialize_keras_object: {instance!r} has neither get_config() nor a name. Give its class"
        f" {type(instance).__name__} a get_config method."
    )


def _plain(config):
    """The settings; objects among them in the same format."""
    return {
        key: serialize_keras_object(value) if _is_object(value) else value
        for key, value in config.items()
    }


def _is_object(value):
    return hasattr(value, "get_config") or inspect.isfunction(value)


def deserialize_keras_object(
    identifier, module_objects=None, custom_objects=None, printable_module_name="object"
):
    """Rebuild what `serialize_keras_object` described.

    Args:
        identifier: The dict, a name, or a function (given back).
        module_objects: Dict from names to classes and functions, looked up last. Defaults to None.
        custom_objects: Dict from names to classes and functions, looked up first. Defaults to None.
        printable_module_name: What messages call the object. Defaults to `"object"`.
    Raises: ValueError for a name that is unknown.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        if not {"class_name", "config"} <= set(identifier):
            raise ValueError(
                f"Improper config format for {identifier}. Expected a dict with the keys"
                " 'class_name' and 'config'."
            )
        name = identifier["class_name"]
        cls = _find(name, module_objects, custom_objects, printable_module_name)
        return _from_config(cls, identifier["config"], custom_objects)
    if isinstance(identifier, str):
        found = _find(identifier, module_objects, custom_objects, printable_module_name)
        return found() if inspect.isclass(found) else found
    if callable(identifier):
        return identifier
    raise ValueError(
        f"Could not interpret {printable_module_name} identifier: {identifier!r}. Pass a name, a"
        " config or a function."
    )


def _find(name, module_objects, custom_objects, what):
    found = registry.custom([name], custom_objects) or (module_objects or {}).get(name)
    if found is None:
        try:
            return registry.find(name)
        except registry.UnknownName as error:
            raise ValueError(
                f"Unknown {what}: {name!r}. Pass custom_objects={{{name!r}: ...}} or use"
                " keras.utils.custom_object_scope to make it known."
            ) from error
    return found


def _from_config(cls, config, custom_objects):
    if not hasattr(cls, "from_config"):
        with registry.custom_object_scope(custom_objects or {}):
            return cls(**config)
    if "custom_objects" in inspect.signature(cls.from_config).parameters:
        objects = {**registry.get_custom_objects(), **(custom_objects or {})}
        return cls.from_config(config, custom_objects=objects)
    with registry.custom_object_scope(custom_objects or {}):
        return cls.from_config(config)
