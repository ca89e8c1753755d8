"""Whole models in Keras 2's HDF5 layout: architecture, compile settings, weights, optimizer state."""

import json
import os
import warnings

import numpy as np

from tfk.saving import hdf5_file, hdf5_weights
from tfk.saving.configs import load, serialize_keras_object
from tfk.saving.hdf5_file import attribute, member, read, read_names, write_names
from tfk.saving.json_format import model_config, parse, to_plain
from tfk.saving.load_scopes import in_safe_mode, misfits_named, safe_mode_scope
from tfk.saving.registry import custom_object_scope
from tfk.utils.loading import weights_follow


def save_model(model, path, include_optimizer, keras_version):
    """Writes the file; `path` is opened anew.

    Raises: NotImplementedError for a model that is neither a graph of layers nor Sequential, and ValueError if a
        layer has learned a vocabulary: this layout has no place for either.
    """
    if model._graph is None and not hasattr(model, "add"):
        raise NotImplementedError(
            f'{type(model).__name__} "{model.name}" makes its layers in Python, which an .h5 file cannot describe. Save '
            "it as .keras, or save its weights alone with save_weights."
        )
    with hdf5_file.new_file(path) as file:
        file.attrs["keras_version"] = keras_version
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(to_plain(model_config(model, legacy=True)))
        hdf5_weights.write_model(file.create_group("model_weights"), model, keras_version)
        if include_optimizer and getattr(model, "optimizer", None) is not None:
            settings = training_config(model)
            if settings is not None:
                file.attrs["training_config"] = json.dumps(to_plain(settings))
                _write_optimizer(file, model.optimizer)


def training_config(model):
    """The compile settings in the layout of HDF5 files, None if there are none."""
    settings = model.get_compile_config()
    if not settings:
        return None
    optimizer = serialize_keras_object(model.optimizer)
    # Keras 2 registers its optimizers like those of users and writes the name so.
    name = optimizer.get("registered_name") or f"Custom>{optimizer['class_name']}"
    return {
        **{key: settings.get(key) for key in ("loss", "metrics", "weighted_metrics", "loss_weights")},
        "optimizer_config": {"class_name": name, "config": optimizer["config"]},
    }


def _write_optimizer(file, optimizer):
    variables = list(optimizer.variables)
    if not variables:
        return
    group = file.create_group("optimizer_weights")
    names = hdf5_weights.unique_names(variables)
    write_names(group, "weight_names", names)
    for name, variable in zip(names, variables):
        hdf5_weights.write_array(group, name, variable.numpy())


def load_model(path, custom_objects=None, compile=True, safe_mode=None):
    """The model in the file at `path`.

    Raises: ValueError if the file holds no architecture, or names what is not registered.
    """
    with hdf5_file.open_file(path) as file, safe_mode_scope(in_safe_mode(safe_mode)):
        text = attribute(file, "model_config")
        if text is None:
            raise ValueError(
                f"{path!r} holds weights without an architecture. Build the model and call model.load_weights({path!r})."
            )
        with weights_follow(os.path.getsize(path)):
            model = load(parse(text, f"The model_config in {path!r}"), custom_objects)
        if not hasattr(model, "train_step"):
            raise ValueError(f"{path!r} describes a {type(model).__name__} where a model was expected.")
        with misfits_named(repr(path)):
            hdf5_weights.read_model(member(file, "model_weights"), model)
            if compile and "training_config" in file.attrs:
                _read_compiled(file, model, custom_objects)
    return model


def _read_compiled(file, model, custom_objects):
    """Compiles the model as the file says and sets the optimizer's state."""
    with custom_object_scope(custom_objects or {}):
        _compile(model, parse(attribute(file, "training_config"), "The training_config"))
    if "optimizer_weights" in file:
        _read_optimizer(member(file, "optimizer_weights"), model.optimizer, model)


def _compile(model, settings):
    optimizer = dict(settings["optimizer_config"])
    optimizer["class_name"] = optimizer["class_name"].removeprefix("Custom>")
    optimizer.setdefault("module", "keras.optimizers")
    model.compile_from_config(
        {
            "optimizer": optimizer,
            "loss": settings.get("loss"),
            "metrics": settings.get("metrics", settings.get("metrics_config")),
            "weighted_metrics": settings.get("weighted_metrics"),
            "loss_weights": settings.get("loss_weights"),
        }
    )


def _read_optimizer(group, optimizer, model):
    """Sets the optimizer's state, or says why it cannot and leaves it fresh."""
    optimizer.build(model.trainable_variables)
    variables = list(optimizer.variables)
    names = read_names(group, "weight_names")
    shapes = [tuple(member(group, name).shape or ()) for name in names]
    if shapes != [tuple(variable.shape) for variable in variables]:
        warnings.warn(
            f"The optimizer's state in the file does not fit (it has {len(names)} variables, {type(optimizer).__name__} "
            f"{len(variables)}): training goes on with a fresh optimizer.",
            stacklevel=3,
        )
        return
    values = [read(member(group, name)) for name in names]
    for variable, value in zip(variables, values):
        variable.assign(np.asarray(value))
