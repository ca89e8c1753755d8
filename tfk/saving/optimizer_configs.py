"""Optimizer configs of HDF5 files, which leave the module out.

Two classes share a name: the present one and the one from before Keras 2.11. Keras 2 writes the
present ones as `Custom>Adam`, like registered classes of users, and the older ones as `Adam`.
"""

import re

from tfk.saving import registry

PRESENT, LEGACY = "keras.optimizers", "keras.optimizers.legacy"
PREFIX = "Custom>"
WRAPPED = ("inner_optimizer", "optimizer")  # settings that hold another optimizer
_NAME = re.compile(r"([\w ]+>)?\w+")


def with_module(config):
    """Return the config of an optimizer with the module that distinguishes the two classes.

    Args:
        config: `{"class_name", "config"}` from the `training_config` of an HDF5 file.
    """
    name = config["class_name"]
    if not isinstance(name, str) or registry.custom([name]) is not None:
        return config
    config = {**config, "config": _inner(config.get("config"))}
    if name.startswith(PREFIX):
        return {"module": PRESENT, **config, "class_name": name.removeprefix(PREFIX)}
    settings = config.get("config") or {}
    old = name in registry.built_ins("optimizers.legacy") and settings.get(
        "is_legacy_optimizer", bool(settings)
    )
    return {"module": LEGACY if old else PRESENT, **config}


def _inner(settings):
    """The settings of an optimizer, with the optimizer inside it, if there is one."""
    if not isinstance(settings, dict):
        return settings
    return {
        key: with_module(value) if key in WRAPPED and isinstance(value, dict) else value
        for key, value in settings.items()
    }


def file_name(config):
    """Return the class name that an HDF5 file holds for the config of an optimizer."""
    name = config.get("registered_name") or config["class_name"]
    module = config["module"] or ""
    if module.startswith(PRESENT) and module != LEGACY:
        return PREFIX + name
    return name


def is_harmless(config):
    """Return True if the name of an unknown class is a plain name, not an import path."""
    module = config.get("module")
    ours = module != "builtins" and registry.is_library_module(module)
    return ours and _NAME.fullmatch(str(config.get("class_name"))) is not None
