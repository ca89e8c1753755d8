"""Models: building, loading, saving, copying."""

from tfk.engine.model.clone import clone_model
from tfk.engine.model.model import Functional, Model
from tfk.engine.model.sequential import Sequential
from tfk.saving.api import load_model, model_from_config, model_from_json, save_model

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]
