"""Whole models in Keras 2's HDF5 layout: architecture, compile settings, weights, optimizer
state.
"""

import json
import warnings

from tfk.saving import early_configs, hdf5_file, hdf5_weights, keras3, variables_file
from tfk.saving.file_kinds import describe_hdf5
from tfk.saving.hdf5_file import attribute, member, read, read_names, write_names, write_text
from tfk.saving.json_format import model_config, parse, to_plain
from tfk.saving.load_scopes import in_safe_mode, misfits_named, safe_mode_scope
from tfk.saving.protocols import Trainable
from tfk.saving.registry import custom_object_scope
from tfk.saving.training_config import compile_settings, load_listing_all, training_config
from tfk.utils.handover import assign, values
from tfk.utils.loading import weights_follow


def save_model(model, path, include_optimizer, keras_version):
    """Write the file; `path` is reopened.

    Raises: NotImplementedError for a model that is neither a graph of layers nor Sequential, and
        ValueError if a layer has learned a vocabulary: this layout has no place for either.
    """
    if model._graph is None and not hasattr(model, "add"):
        raise NotImplementedError(
            f'{type(model).__name__} "{model.name}" makes its layers in Python, which an .h5 file'
            " cannot describe. Save it as .keras, or save its weights alone with save_weights."
        )
    with hdf5_file.new_file(path) as file:
        file.attrs["keras_version"] = keras_version
        file.attrs["backend"] = "tensorflow"
        write_text(file, "model_config", json.dumps(to_plain(model_config(model, legacy=True))))
        hdf5_weights.write_model(file.create_group("model_weights"), model, keras_version)
        if include_optimizer and getattr(model, "optimizer", None) is not None:
            settings = training_config(model)
            if settings is not None:
                write_text(file, "training_config", json.dumps(to_plain(settings)))
                _write_optimizer(file, model.optimizer)


def _write_optimizer(file, optimizer):
    variables = list(optimizer.variables)
    if not variables:
        return
    group = file.create_group("optimizer_weights")
    names = hdf5_weights.unique_names(variables)
    write_names(group, "weight_names", names)
    for name, variable in zip(names, variables):
        hdf5_weights.write_array(group, name, values(variable))
    for name, child in getattr(optimizer, "saved_children", {}).items():  # Keras 2 reads past these
        child.save_own_variables(variables_file.Writer(group.create_group(name)))


def load_model(path, custom_objects=None, compile=True, safe_mode=None):
    """Return the model in the file at `path`.

    Raises: ValueError if the file holds no architecture, or names what is not registered.
    """
    with (
        hdf5_file.open_file(path) as file,
        safe_mode_scope(in_safe_mode(safe_mode)),
        weights_follow(),
    ):
        text = attribute(file, "model_config")
        if text is None:
            raise ValueError(f"{path!r} {describe_hdf5([*file.attrs, *file], path)}.")
        config = parse(text, f"The model_config in {path!r}")
        version = attribute(file, "keras_version")
        release = keras3 if keras3.is_keras3(version) else early_configs
        config = release.to_keras2(config, version)
        settings = attribute(file, "training_config") if compile else None
        if settings is not None:
            settings = parse(settings, f"The training_config in {path!r}")
            settings = compile_settings(release.training_to_keras2(settings, version))
        model = load_listing_all(config, settings, custom_objects)
        if not isinstance(model, Trainable):
            raise ValueError(
                f"{path!r} describes a {type(model).__name__} where a model was expected."
            )
        with misfits_named(repr(path)):
            weights = member(file, "model_weights")
            hdf5_weights.read_model(weights, model)
            if settings is not None:
                with custom_object_scope(custom_objects or {}):
                    model.compile_from_config(settings)
                if model.optimizer is not None and "optimizer_weights" in file:
                    sorted_names = None
                    if early_configs.release_of(version).major == 1:
                        sorted_names = hdf5_weights.trained_names(weights, model)
                    state = member(file, "optimizer_weights")
                    _read_optimizer(state, model.optimizer, model, sorted_names)
    return model


def _read_optimizer(group, optimizer, model, sorted_names):
    """Sets the optimizer's state, or says why it cannot and leaves it fresh.

    Args:
        group: HDF5 group that holds the state.
        optimizer: Its optimizer, not yet built.
        model: The model.
        sorted_names: Names of the weights if the state follows their alphabet, else None.
    """
    optimizer.build(model.trainable_variables)
    stored = [member(group, name) for name in read_names(group, "weight_names")]
    if sorted_names:
        stored = _in_order_of_layers(stored, sorted_names)
    places = optimizer.stored_places([tuple(dataset.shape or ()) for dataset in stored])
    if places is None:
        if len(stored) == 1 and not stored[0][...].any():
            return  # of a model that was never trained
        warnings.warn(
            f"The optimizer's state in the file does not fit (it has {len(stored)} variables,"
            f" {type(optimizer).__name__} {len(optimizer.variables)}): training continues with a"
            " fresh optimizer.",
            stacklevel=3,
        )
        return
    for variable, place in zip(optimizer.variables, places):
        if place is not None:
            kind = variable.dtype.as_numpy_dtype  # Keras 1 counted iterations in floats
            assign(variable, read(stored[place]).astype(kind, copy=False))
    if None in places:
        optimizer.derive_missing()
    for name, child in getattr(optimizer, "saved_children", {}).items():
        child.load_own_variables(variables_file.Reader(variables_file.group_at(group, name)))


def _in_order_of_layers(stored, names):
    """State that Keras 1 kept in the order of the names of the weights, in that of the layers."""
    first = len(stored) % len(names)  # the number of steps comes before the slots
    blocks = [stored[start : start + len(names)] for start in range(first, len(stored), len(names))]
    ranks = [sorted(names).index(name) for name in names]
    return stored[:first] + [block[rank] for block in blocks for rank in ranks]
