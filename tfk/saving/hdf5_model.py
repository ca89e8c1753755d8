"""Whole models in Keras 2's HDF5 layout: architecture, compile settings, weights, optimizer
state.
"""

import json
import warnings

from tfk.saving import hdf5_file, hdf5_weights, optimizer_configs, variables_file
from tfk.saving.configs import is_object_config, load, missing_names, serialize_keras_object
from tfk.saving.file_kinds import describe_hdf5
from tfk.saving.hdf5_file import attribute, member, read, read_names, write_names, write_text
from tfk.saving.json_format import legacy_format, model_config, parse, to_plain
from tfk.saving.keras3 import is_keras3, to_keras2
from tfk.saving.load_scopes import in_safe_mode, misfits_named, safe_mode_scope
from tfk.saving.portable import portable
from tfk.saving.registry import UnknownName, custom_object_scope, unknown_message
from tfk.utils.handover import assign, values
from tfk.utils.loading import weights_follow


def save_model(model, path, include_optimizer, keras_version):
    """Writes the file; `path` is opened anew.

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


def training_config(model):
    """The compile settings in the layout of HDF5 files, None if there are none."""
    settings = model.get_compile_config()
    if not settings:
        return None
    metrics, weighted_metrics = model.compiled_metrics.by_output()
    settings.update(
        metrics=serialize_keras_object(metrics),
        weighted_metrics=serialize_keras_object(weighted_metrics),
    )
    optimizer = portable(serialize_keras_object(model.optimizer))
    return {
        **{key: legacy_format(settings.get(key)) for key in ("loss", "loss_weights")},
        **{  # a loss used as a metric may share its name with a metric
            key: legacy_format(settings.get(key), kept_module="keras.losses")
            for key in ("metrics", "weighted_metrics")
        },
        "optimizer_config": {
            "class_name": optimizer_configs.file_name(optimizer),
            "config": optimizer["config"],
        },
    }


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
    """The model in the file at `path`.

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
        if is_keras3(version):
            config = to_keras2(config, version)
        settings = attribute(file, "training_config") if compile else None
        if settings is not None:
            settings = parse(settings, f"The training_config in {path!r}")
            settings = _settings(to_keras2(settings, version) if is_keras3(version) else settings)
        model = _load_listing_all(config, settings, custom_objects)
        if not hasattr(model, "train_step"):
            raise ValueError(
                f"{path!r} describes a {type(model).__name__} where a model was expected."
            )
        with misfits_named(repr(path)):
            hdf5_weights.read_model(member(file, "model_weights"), model)
            if settings is not None:
                with custom_object_scope(custom_objects or {}):
                    model.compile_from_config(settings)
                if model.optimizer is not None and "optimizer_weights" in file:
                    _read_optimizer(member(file, "optimizer_weights"), model.optimizer, model)
    return model


def _load_listing_all(config, settings, custom_objects):
    """The model; if names are missing, one error for those in the architecture and those in the
    compile settings.
    """
    try:
        return load(config, custom_objects)
    except UnknownName as error:
        places = {"model_config": config, "training_config": settings}
        missing = [
            pair
            for place, part in places.items()
            for pair in missing_names(part, custom_objects, place=place)
        ]
        raise UnknownName(unknown_message(missing or [("", error.name)]), error.name) from None


def _settings(stored):
    """The arguments of `compile` in the form that models write themselves."""
    with misfits_named("training_config"):
        return {
            "optimizer": optimizer_configs.with_module(stored["optimizer_config"]),
            "loss": _filed_under("keras.losses", stored.get("loss")),
            "metrics": _filed_under(
                "keras.metrics", stored.get("metrics", stored.get("metrics_config"))
            ),
            "weighted_metrics": _filed_under("keras.metrics", stored.get("weighted_metrics")),
            "loss_weights": stored.get("loss_weights"),
        }


def _filed_under(module, settings):
    """The configs in a nest of settings with the module that Keras 2 leaves out: losses and metrics
    share names.
    """
    if is_object_config(settings):
        return {**settings, "module": settings.get("module") or module}
    if isinstance(settings, dict):
        return {key: _filed_under(module, value) for key, value in settings.items()}
    if isinstance(settings, list):
        return [_filed_under(module, value) for value in settings]
    return settings


def _read_optimizer(group, optimizer, model):
    """Sets the optimizer's state, or says why it cannot and leaves it fresh."""
    optimizer.build(model.trainable_variables)
    stored = [member(group, name) for name in read_names(group, "weight_names")]
    places = optimizer.stored_places([tuple(dataset.shape or ()) for dataset in stored])
    if places is None:
        warnings.warn(
            f"The optimizer's state in the file does not fit (it has {len(stored)} variables,"
            f" {type(optimizer).__name__} {len(optimizer.variables)}): training goes on with a"
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
