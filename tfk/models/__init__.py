"""Models: building, loading, saving, copying."""

from tfk.engine.model.clone import clone_model
from tfk.engine.model.model import Functional, Model
from tfk.engine.model.sequential import Sequential
from tfk.models import experimental
from tfk.saving.api import load_model, model_from_config, model_from_json, save_model
from tfk.typing import CustomObjects


def model_from_yaml(yaml_string, custom_objects: CustomObjects | None = None):
    """Not supported, as in Keras 2 since 2.6: reading YAML can run code.

    Args:
        yaml_string: Ignored.
        custom_objects: Ignored. Defaults to None.
    Raises: RuntimeError always.
    >>> model_from_yaml("")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    RuntimeError: model_from_yaml: YAML can run any code when it is read. Use model.to_json() ...
    """
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
