"""JSON format of model architectures."""

import json
from typing import Any

import numpy as np
import tensorflow as tf

from tfk.saving import early_configs, keras3, registry, special_values
from tfk.saving.configs import is_object_config, load, lookup, serialize_keras_object
from tfk.saving.file_kinds import describe_json
from tfk.saving.load_scopes import nesting_checked
from tfk.saving.portable import portable
from tfk.saving.protocols import Trainable
from tfk.saving.trainable_flags import with_flags
from tfk.typing import CustomObjects
from tfk.utils.loading import JSON_VALUE_ELEMENTS, allow_config, load_budget, reserve
from tfk.utils.tracebacks import hide_internal_frames

KERAS_VERSION = "2.21.0"  # release of Keras 2 whose formats are written


def model_config(model, legacy=False):
    """Return `{"class_name", "config"}` of a model; `legacy` uses the old form of layer configs."""
    config = serialize_keras_object(model)
    name = config["class_name"]
    config = {**portable(config), "class_name": name}
    inner = _legacy(config["config"]) if legacy else config["config"]
    return with_flags({"class_name": config["class_name"], "config": inner}, model)


def _legacy(config):
    """Layer entries without `module`, `registered_name` and `build_config`, as HDF5 files hold
    them.
    """
    if isinstance(config, (list, tuple)):
        return [_legacy(item) for item in config]
    if not isinstance(config, dict):
        return config
    if "layers" in config:
        return {**config, "layers": [_legacy_layer(layer) for layer in config["layers"]]}
    return config


def legacy_format(config, kind=None):
    """Return a nest of configs in the form used before Keras 2.13 (as in HDF5 files).

    Objects have no `module` and `registered_name`, and functions are names.

    Args:
        config: The nest.
        kind: Kind of object that the names mean when they are read, such as `"metrics"`. Objects
            that their names do not mean then are unchanged. Defaults to None.
    """
    if isinstance(config, (list, tuple)):
        return [legacy_format(item, kind) for item in config]
    if not isinstance(config, dict):
        return config
    if not is_object_config(config) or config["class_name"] in special_values.LOADERS:
        return {key: legacy_format(value, kind) for key, value in config.items()}
    if kind and not _is_named_alone(config, kind):
        return config
    if config["class_name"] == "function":
        return config["config"]
    inner = legacy_format(config["config"], kind)
    return {"class_name": _legacy_name(config), "config": inner}


def _is_named_alone(config, kind):
    """Whether the name of an object means the object among those of a kind."""
    found = lookup(config)
    name = config["config"] if config["class_name"] == "function" else config["class_name"]
    return found is None or registry.lookup(name, kind=kind) is found


def _legacy_name(config):
    registered = config.get("registered_name") or ""
    return registered if ">" in registered else config["class_name"]


def _legacy_layer(layer):
    kept = {
        key: value
        for key, value in layer.items()
        if key in ("name", "inbound_nodes", "shared_object_id")
    }
    nested = (layer.get("module"), layer["class_name"]) == ("keras", "Model")
    name = "Functional" if nested else _legacy_name(layer)
    settings = _arrays_as_lists(layer["config"])
    if name == "Lambda":  # whose functions Keras 2 looks up by name
        settings = legacy_format(settings)
    return {"class_name": name, "config": _legacy(settings), **kept}


def _arrays_as_lists(config):
    if isinstance(config, (list, tuple)):
        return [_arrays_as_lists(item) for item in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "__numpy__":
        return config["config"]["value"]
    return {key: _arrays_as_lists(value) for key, value in config.items()}


def to_json(model, **kwargs):
    """Return the architecture of `model` as a JSON string; `kwargs` go to `json.dumps`."""
    config = {**model_config(model), "keras_version": KERAS_VERSION, "backend": "tensorflow"}
    return json.dumps(to_plain(config), **kwargs)


@hide_internal_frames
def model_from_config(
    config: Any, custom_objects: CustomObjects | None = None, safe_mode: bool | None = None
):
    """Create a model with new weights from a config.

    Args:
        config: Dict `{"class_name", "config"}`, as written by `to_json`.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        safe_mode: False also rebuilds lambdas from the config, which lets its author run any code.
            Defaults to None.
    Raises: TypeError or ValueError if it is not the config of a model, or contains unknown names.
    >>> import json
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> model_from_config(json.loads(model.to_json())).output_shape
    (None, 1)
    """
    if not isinstance(config, dict):
        raise TypeError(
            "model_from_config: expected a dict with class_name and config, got"
            f" {type(config).__name__}."
        )
    other = describe_json(config)
    if other is not None:
        raise ValueError(
            "model_from_config: expected a dict with class_name and config, as model.to_json()"
            f" writes it. This is {other}."
        )
    model = load(_current(config), custom_objects, safe_mode)
    if not isinstance(model, Trainable):
        raise ValueError(
            f"model_from_config: expected the config of a model, got that of a"
            f" {config['class_name']}. Use layers.deserialize for layers."
        )
    return model


@nesting_checked()
def _current(config):
    """The config of a model in the form of today's Keras 2, whichever Keras wrote it."""
    if keras3.is_config_of_keras3(config):
        return keras3.to_keras2(config)
    version = config.get("keras_version")
    return config if version is None else early_configs.to_keras2(config, version)


@hide_internal_frames
def model_from_json(
    json_string: str, custom_objects: CustomObjects | None = None, safe_mode: bool | None = None
):
    """Create a model with new weights from the result of `model.to_json()`.

    Args:
        json_string: The JSON text.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        safe_mode: False also rebuilds lambdas from the text, which lets its author run any code.
            Defaults to None.

    Raises: ValueError if it is not JSON or not the config of a model, or contains unknown names.
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> model_from_json(model.to_json()).output_shape
    (None, 1)
    """
    with load_budget():
        config = parse(json_string, "model_from_json: this")
        return model_from_config(config, custom_objects, safe_mode)


def parse(text, title):
    """Parse a JSON text (`str` or bytes).

    Raises: ValueError that begins with `title` if it is not JSON, too deeply nested to be read, or
        larger than the budget of the load.
    """
    if isinstance(text, (str, bytes)):
        brace, bracket, comma = ("{", "[", ",") if isinstance(text, str) else (b"{", b"[", b",")
        containers = text.count(brace) + text.count(bracket)
        values = text.count(comma) + containers
        reserve(title, objects=containers, elements=JSON_VALUE_ELEMENTS * values)
        allow_config(len(text))
    try:
        return json.loads(text, object_hook=_without_numpy)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{title} is not JSON that can be read: {error}") from None


def _without_numpy(config):
    """The number in the config of a NumPy scalar, which Keras 2.12 writes for settings of layers; a
    config of anything else as it is.
    """
    if config.get("class_name") == "__numpy__" and isinstance(config.get("config"), dict):
        value = config["config"].get("value")
        return value if isinstance(value, (int, float)) else config
    return config


def to_plain(value):
    """Return the nest in JSON types: arrays as lists, NumPy numbers as Python numbers."""
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, tf.Tensor):
        return value.numpy().tolist()
    if isinstance(value, tf.TensorShape):
        return value.as_list()
    return value.name if isinstance(value, tf.DType) else value
