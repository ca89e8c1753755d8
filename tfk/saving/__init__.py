"""Objects and models as data: names, configs and files."""

from tfk.saving import legacy
from tfk.saving.api import load_model, save_model
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tfk.utils.loading import load_limits

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_limits",
    "load_model",
    "register_keras_serializable",
    "save_model",
    "serialize_keras_object",
]
