"""Objects as dicts of plain values, and back: the format of Keras 2's `.keras` configs.

An object is `{"module", "class_name", "config", "registered_name"}`, with `"build_config"` and
`"compile_config"` where the class defines them. Class names resolve through the registry alone.
"""

import collections
import contextlib
import copy
import types
import warnings
from typing import Any

import numpy as np
import tensorflow as tf

from tfk.saving import registry, special_values
from tfk.saving.load_scopes import (
    in_safe_mode,
    is_copying,
    misfits_named,
    nesting_checked,
    safe_mode_scope,
)
from tfk.saving.names import check_names
from tfk.saving.registry import UnknownName
from tfk.saving.trainable_flags import FROZEN, freeze_parts
from tfk.typing import CustomObjects
from tfk.utils.load_context import changed, context
from tfk.utils.loading import check_time, load_budget

PLAIN_TYPES = (str, int, float, bool)
LONGEST_NAME = 60  # of a layer in a message
BUILT_IN = "builtins"  # module of functions in configs of Keras 2, wherever they are from
LIVE_CLASS = "live_class"  # key of a user's class in the config of a copy


def serialize_keras_object(obj):
    """Return the config of an object: plain values that JSON can represent.

    Args:
        obj: A layer, model, loss, optimizer, ...; a function; a tensor, array, dtype, shape or type
            spec; a plain value; or lists, tuples and dicts of these.
    Returns: The object itself if it is a plain value, else the dict that `deserialize_keras_object`
        takes.
    Raises: TypeError for an object without `get_config`.
    >>> serialize_keras_object({"size": tf.TensorShape([None, 3]), "kind": tf.float32})
    {'size': [None, 3], 'kind': 'float32'}
    """
    if obj is None or isinstance(obj, PLAIN_TYPES):
        return obj
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, tf.TensorShape):
        return None if obj.rank is None else obj.as_list()
    if isinstance(obj, (list, tuple)):
        items = [serialize_keras_object(item) for item in obj]
        return tuple(items) if isinstance(obj, tuple) else items
    if isinstance(obj, tf.DType):
        return obj.name
    if isinstance(obj, np.generic) or (isinstance(obj, np.ndarray) and obj.ndim == 0):
        return obj.item()
    if isinstance(obj, types.FunctionType):
        return _serialize_function(obj)
    special = special_values.describe(obj)
    return _serialize_instance(obj) if special is None else special


def _serialize_function(function):
    if is_copying():
        return function
    if function.__name__ == "<lambda>":
        warnings.warn(
            "A lambda is being serialized. It loads only with safe_mode=False and only in this"
            " version of Python; use a named function registered with"
            " @register_keras_serializable() instead.",
            stacklevel=4,
        )
        return special_values.describe_lambda(function)
    name, public = registry.get_registered_name(function), registry.public_name(function)
    is_unique = not public or registry.lookup(name, BUILT_IN, functions=True) is function
    return {
        "module": BUILT_IN if is_unique else public[0],
        "class_name": "function",
        "config": name,
        "registered_name": "function",
    }


def _serialize_instance(obj):
    if is_copying() and isinstance(obj, type):
        return obj
    cls = type(obj)
    if hasattr(obj, "get_config"):
        inner = obj.get_config()
        if not isinstance(inner, dict):
            raise TypeError(
                f"{cls.__name__}.get_config() must return a dict, it returned {inner!r}."
            )
    elif is_copying():
        return obj
    elif hasattr(obj, "__name__"):  # built-in functions, classes, callables made by TensorFlow
        inner = registry.get_registered_name(obj)
    else:
        raise TypeError(f"Cannot serialize {obj!r}: its class {cls.__name__} has no get_config().")
    # An object may go by another name than its class: a Model that is a graph is a Functional.
    public = getattr(obj, "_config_name", None) or registry.public_name(cls)
    module, name = public or (cls.__module__, cls.__name__)
    named_by_library = public is not None and module.split(".")[0] == "keras"
    in_python = cls.__module__ == "builtins"
    registered_name = name if public else registry.get_registered_name(cls)
    config = {
        "module": None if module == "__main__" else module,
        "class_name": name,
        "config": serialize_keras_object(inner),
        "registered_name": None if named_by_library or in_python else registered_name,
    }
    if is_copying() and public is None:
        config[LIVE_CLASS] = cls
    for key in ("build_config", "compile_config"):
        extra = getattr(obj, f"get_{key}", lambda: None)()
        if extra is not None:
            config[key] = serialize_keras_object(extra)
    _number(obj, config)
    return config


def serialize_sharing(serialize):
    """What `serialize()` returns, in which configs of one object have one `shared_object_id`.

    Loaded within a `sharing_scope` they give one object again. Configs of objects that occur once
    have no id. Within another call of this function the outer one does all of this.
    """
    if context.numbered is not None:
        return serialize()
    with changed(numbered={}):
        config = serialize()
    counts = collections.Counter(entry["shared_object_id"] for entry in _with_ids(config))
    new_ids = {}
    for entry in _with_ids(config):
        old = entry.pop("shared_object_id")
        if counts[old] > 1:
            entry["shared_object_id"] = new_ids.setdefault(old, len(new_ids) + 1)
    return config


def _with_ids(config):
    """All entries of a nest of configs that have an id."""
    if isinstance(config, (list, tuple)):
        return [entry for item in config for entry in _with_ids(item)]
    if not isinstance(config, dict):
        return []
    own = [config] if "shared_object_id" in config else []
    return own + [entry for value in config.values() for entry in _with_ids(value)]


def _number(obj, config):
    """Gives a config the id of its object; copies of the config, which classes make, keep it."""
    numbered = context.numbered
    if numbered is not None:
        # The object is kept along, so that its memory is not given to another one.
        config["shared_object_id"], _ = numbered.setdefault(id(obj), (len(numbered), obj))


def deserialize_keras_object(
    config: Any,
    custom_objects: CustomObjects | None = None,
    safe_mode: bool | None = True,
    **kwargs,
):
    """Rebuild the object that `serialize_keras_object` described. Nothing is imported by name.

    Args:
        config: The dict; the older `{"class_name", "config"}` and the name of a registered function
            serve too. Lists and dicts of these give lists and dicts of objects.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        safe_mode: False also rebuilds lambdas, which lets the author of the file run any code.
            Defaults to True.
        **kwargs: `module_objects`, a dict of further names, and `printable_module_name`, which is
            ignored.
    Raises: ValueError that lists every name which is neither built in nor registered, with its
        place.
    >>> array = {"value": [1], "dtype": "int32"}
    >>> deserialize_keras_object({"class_name": "__numpy__", "config": array})
    array([1], dtype=int32)
    """
    module_objects = kwargs.pop("module_objects", None)
    kwargs.pop("printable_module_name", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object: got unexpected arguments {sorted(kwargs)}.")
    custom_objects = {**(module_objects or {}), **(custom_objects or {})}
    if isinstance(config, str) and module_objects:
        return registry.find(config, custom_objects=custom_objects)
    return load(config, custom_objects, safe_mode)


def load(config, custom_objects=None, safe_mode=None, kind=None):
    """`deserialize_keras_object` for one kind of object, such as `"losses"`, where `kind` is
    given.
    """
    budget = contextlib.nullcontext() if is_copying() else load_budget()
    with nesting_checked():
        try:
            with budget, safe_mode_scope(in_safe_mode(safe_mode)):
                return _load(config, custom_objects or {}, kind)
        except UnknownName as error:
            raise unknown_names(error, config, custom_objects, kind) from None


def _load(config, custom_objects, kind=None):
    if config is None:
        return None
    if isinstance(config, str):
        # A bare string is a value unless the user has given it a meaning (functions in old
        # configs).
        found = registry.custom([config], custom_objects)
        return config if found is None else found
    if isinstance(config, PLAIN_TYPES):
        return config
    if isinstance(config, (list, tuple)):
        return [_load(item, custom_objects) for item in config]
    if not isinstance(config, dict):
        if is_copying():
            return config
        raise TypeError(
            f"Expected a config of plain values, got {config!r} of type {type(config).__name__}."
        )
    if not is_object_config(config):
        return {key: _load(value, custom_objects) for key, value in config.items()}
    if not isinstance(config["class_name"], str):
        raise ValueError(f"Expected class_name to be a string, got {config['class_name']!r}.")
    special = special_values.LOADERS.get(config["class_name"])
    if special is not None:
        with misfits_named(config["class_name"]):
            return special(config)
    if config["class_name"] == "function":
        return _find(config, custom_objects, kind)
    return _load_instance(config, custom_objects, kind)


def is_object_config(config):
    """Return True for a dict that describes an object."""
    return isinstance(config, dict) and "class_name" in config and "config" in config


def _find(config, custom_objects, kind=None):
    """The class or function that an object's config names; raise UnknownName if there is none."""
    found = lookup(config, custom_objects, kind)
    if found is None:
        name = _stated_name(config)
        raise UnknownName(registry.unknown_message([("", name)], kind), name, kind)
    return found


def _stated_name(config):
    return config["config"] if config["class_name"] == "function" else config["class_name"]


def lookup(config, custom_objects=None, kind=None):
    """Return the class or function that an object's config names, or None."""
    if isinstance(config.get(LIVE_CLASS), type):
        return config[LIVE_CLASS]
    module, name = config.get("module"), _stated_name(config)
    if module is not None:
        kind = None  # the module says more precisely where the name belongs
    if config["class_name"] == "function":
        return registry.lookup(name, module, custom_objects, kind=kind, functions=True)
    return registry.lookup(name, module, custom_objects, config.get("registered_name"), kind)


def _load_instance(config, custom_objects, kind):
    check_time()
    shared_id = config.get("shared_object_id")
    if not isinstance(shared_id, (int, str, types.NoneType)):
        raise ValueError(f"Expected shared_object_id to be a number, got {shared_id!r}.")
    if shared_id is not None and shared_id in (context.shared or {}):
        return context.shared[shared_id]
    cls = _find(config, custom_objects, kind)
    name = config["class_name"]
    if isinstance(cls, types.FunctionType):
        # A name of the user for a class may stand for a function that makes the object.
        inner = config["config"]
        with misfits_named(name):
            return cls(**inner) if isinstance(inner, dict) and inner else cls
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"{name!r} stands for {cls!r}, which has no from_config(). Add one to load it."
        )
    inner = config["config"]
    kinds = (dict, list) if getattr(cls, "config_may_be_list", False) else dict
    if inner is not None and not isinstance(inner, kinds):
        raise ValueError(f"{name}: expected its config to be a dict, got {inner!r}.")
    check_names(name, inner)
    title = f"{name}{_own_name(config)}"
    with registry.custom_object_scope(custom_objects), misfits_named(title):
        # A copy, since from_config may take entries out of what it is given.
        instance = cls.from_config(copy.copy(inner or {}))
        if config.get("build_config"):
            instance.build_from_config(config["build_config"])
        if FROZEN in config:
            freeze_parts(instance, config[FROZEN])
        if config.get("compile_config"):
            instance.compile_from_config(config["compile_config"])
    if shared_id is not None and context.shared is not None:
        context.shared[shared_id] = instance
    return instance


def unknown_names(error, config, custom_objects=None, kind=None, place="config"):
    """Return the error that lists all unknown names of a config with their places.

    Args:
        error: The `UnknownName` that was raised while an object was created from the config.
        config: The config.
        custom_objects: The user's objects by name.
        kind: The kind of object that the config describes.
        place: What to call the config.
    """
    missing = missing_names(config, custom_objects, kind, place)
    if not any(name == error.name for _, name in missing):
        # A plain string, such as the name of an activation.
        kind = None if missing else error.kind
        missing += [(found, error.name) for found in _places_of(error.name, config, place) or [""]]
    missing = [(found.removeprefix("."), name) for found, name in missing]
    return UnknownName(registry.unknown_message(missing, kind), error.name, kind)


def _places_of(text, config, place):
    """Where a string stands as a value in a config."""
    if isinstance(config, str):
        return [place] if config == text else []
    return [
        found for where, item in _parts(config, place) for found in _places_of(text, item, where)
    ]


def _parts(config, place):
    """Pairs of place and value of what a config consists of; a place states the name of a layer."""
    if isinstance(config, (list, tuple)):
        parts = ((f"{place}[{number}]", item) for number, item in enumerate(config))
    elif isinstance(config, dict):
        parts = ((f"{place}.{key}", value) for key, value in config.items())
    else:
        return []
    return [(f"{where}{_own_name(item)}", item) for where, item in parts]


def _own_name(config):
    """The name of an object in its config, for messages: ` "dense"`, or nothing."""
    inner = config["config"] if is_object_config(config) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    return f' "{name[:LONGEST_NAME]}"' if isinstance(name, str) else ""


def missing_names(config, custom_objects=None, kind=None, place="config"):
    """Return the pairs of place and name for all objects in a config that cannot be resolved."""
    missing = []
    if (
        is_object_config(config)
        and isinstance(config["class_name"], str)
        and config["class_name"] not in special_values.LOADERS
        and lookup(config, custom_objects, kind) is None
    ):
        missing.append((place, _stated_name(config)))
    for where, part in _parts(config, place):
        missing += missing_names(part, custom_objects, None, where)
    return missing
