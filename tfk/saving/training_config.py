"""Compile settings as HDF5 files and SavedModel folders of Keras 2 hold them: `training_config`."""

from tfk.saving import optimizer_configs
from tfk.saving.configs import (
    is_object_config,
    load,
    serialize_keras_object,
    unknown_names,
)
from tfk.saving.json_format import legacy_format
from tfk.saving.load_scopes import misfits_named
from tfk.saving.portable import portable
from tfk.saving.registry import UnknownName


def training_config(model):
    """Return the compile settings in the layout of HDF5 files, None if there are none."""
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
        "loss": legacy_format(settings.get("loss"), "losses"),
        "loss_weights": legacy_format(settings.get("loss_weights")),
        **{
            key: legacy_format(settings.get(key), "metrics")
            for key in ("metrics", "weighted_metrics")
        },
        "optimizer_config": {
            "class_name": optimizer_configs.file_name(optimizer),
            "config": optimizer["config"],
        },
    }


def load_listing_all(config, settings, custom_objects):
    """Return the model; if names are missing, one error for those in the architecture and those in
    the compile settings.
    """
    try:
        return load(config, custom_objects)
    except UnknownName as error:
        both = {"model_config": config, "training_config": settings}
        raise unknown_names(error, both, custom_objects, place="") from None


def compile_settings(stored):
    """Return the arguments of `compile` in the form that models write themselves.

    Args:
        stored: A `training_config`, as plain data.
    """
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
