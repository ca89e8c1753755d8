"""Models: building, loading, saving, copying."""

from tfk.engine.model.clone import clone_model
from tfk.engine.model.model import Functional, Model
from tfk.engine.model.sequential import Sequential
from tfk.models import experimental
from tfk.saving.api import load_model, model_from_config, model_from_json, save_model


def model_from_yaml(yaml_string, custom_objects=None):
    """Raises RuntimeError, as Keras 2 has done since 2.6: reading YAML could run any code."""
    raise RuntimeError(
        "model_from_yaml: YAML can run any code when it is read. Use model.to_json() and"
        " model_from_json()."
    )


__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "experimental",
    "load_model",
    "model_from_config",
    "model_from_json",
    "model_from_yaml",
    "save_model",
]
