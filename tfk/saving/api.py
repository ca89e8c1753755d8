"""Saving and loading models: one function a task, the format chosen by the path."""

import json

from tfk.saving.configs import deserialize_keras_object, serialize_keras_object

KERAS_VERSION = "2.21.0"  # the version of Keras 2 whose formats are written


def to_json(model, **kwargs):
    """The architecture of `model` as a JSON string; `kwargs` go to `json.dumps`."""
    config = {
        "class_name": model_class_name(model),
        "config": serialize_keras_object(model.get_config()),
        "keras_version": KERAS_VERSION,
        "backend": "tensorflow",
    }
    return json.dumps(config, **kwargs)


def model_class_name(model):
    """The class name that Keras 2 writes: `Functional` for a graph of layers."""
    name = type(model).__name__
    return "Functional" if name == "Model" and model._graph is not None else name


def model_from_config(config, custom_objects=None):
    """A model, with fresh weights, from `{"class_name", "config"}`."""
    return deserialize_keras_object(config, custom_objects=custom_objects)


def model_from_json(json_string, custom_objects=None):
    """A model, with fresh weights, from what `to_json` returned."""
    return model_from_config(json.loads(json_string), custom_objects)


def save_model(model, filepath, overwrite=True, save_format=None, **kwargs):
    raise NotImplementedError


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True, **kwargs):
    raise NotImplementedError


def save_weights(model, filepath, overwrite=True, save_format=None, options=None):
    raise NotImplementedError


def load_weights(model, filepath, skip_mismatch=False, by_name=False, options=None):
    raise NotImplementedError


def export_model(model, filepath, **kwargs):
    raise NotImplementedError
