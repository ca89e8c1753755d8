"""Describes the contents of a model file without building the model."""

import collections
import dataclasses
import hashlib
import json
import os
import tempfile

import h5py

from tfk.saving import archive, file_kinds, hdf5_file, keras3, registry, special_values
from tfk.saving.configs import is_object_config
from tfk.saving.json_format import parse
from tfk.utils.loading import load_budget

HASHED_AT_ONCE = 2**20  # bytes
# Settings by which a config could make a layer read a file while the model is built.
FILE_SETTINGS = ("vocabulary", "vocab_file", "filename", "filepath")
# Kinds of objects that are no layers, for the list of training settings.
TRAINING = ("optimizer", "loss", "metrics", "loss_weights", "weighted_metrics")


@dataclasses.dataclass
class Report:
    """The report of `inspect_file`.

    Attributes:
        path: The file or folder.
        kind: Its format, `".keras"`, `"HDF5"`, `"SavedModel folder"`, or what it is instead.
        size: Bytes of the file; of all files of a folder.
        sha256: Hash of the file as hexadecimal digits; None for folders.
        version: Version of Keras that wrote it, None if unknown.
        saved: When it was written, None if unknown.
        model: `(class name, name)` of the model, None if there is no architecture.
        layers: How many layers of each class, nested ones included.
        custom: Names of classes and functions that are neither built in nor registered.
        lambdas: Names of layers and places with Python code in the file.
        training: Optimizer, loss, metrics, ... as text, by argument of `compile`.
        arrays: How many arrays of weights and optimizer state.
        elements: Numbers in all of these arrays.
        dtypes: Bytes by dtype of the arrays.
        problems: Why a loader should reject the file; empty for a sound one.
    """

    path: str
    kind: str
    size: int = 0
    sha256: str | None = None
    version: str | None = None
    saved: str | None = None
    model: tuple | None = None
    layers: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    custom: list = dataclasses.field(default_factory=list)
    lambdas: list = dataclasses.field(default_factory=list)
    training: dict = dataclasses.field(default_factory=dict)
    arrays: int = 0
    elements: int = 0
    dtypes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    problems: list = dataclasses.field(default_factory=list)


def inspect_file(path):
    """Describe a model file; nothing in it is built or run.

    Args:
        path: A file or folder.

    Returns:
        A `Report`.

    Raises: FileNotFoundError if there is nothing at `path`.
    """
    path = os.fspath(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no file {path!r}.")
    kind = file_kinds.kind_of_file(path)
    readers = {
        file_kinds.KERAS: (".keras archive", _inspect_archive),
        file_kinds.HDF5: ("HDF5", _inspect_hdf5),
        file_kinds.FOLDER: ("folder", _inspect_folder),
    }
    name, reader = readers.get(kind, (kind, _inspect_other))
    report = Report(path, name, _size(path), None if os.path.isdir(path) else _hash(path))
    try:
        with load_budget(report.size):
            reader(path, report)
    except (ValueError, OSError, KeyError, TypeError, RecursionError) as error:
        report.problems.append(str(error))
    return report


def _size(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    files = (os.path.join(top, name) for top, _, names in os.walk(path) for name in names)
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))


def _hash(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


# Formats ------------------------------------------------------------------------------------------


def _inspect_archive(path, report):
    with archive.open_archive(path) as opened, tempfile.TemporaryDirectory() as folder:
        metadata = archive.read_metadata(opened)
        report.version, report.saved = metadata.get("keras_version"), metadata.get("date_saved")
        config = archive.read_config(opened)
        _inspect_config(config, report)
        _inspect_training(config.get("compile_config"), report)
        weights = opened.extract(archive.WEIGHTS, folder)
        with hdf5_file.open_file(weights) as file:
            _count_arrays(file, report)


def _inspect_hdf5(path, report):
    with hdf5_file.open_file(path) as file:
        report.version = hdf5_file.attribute(file, "keras_version")
        text = hdf5_file.attribute(file, "model_config")
        if text is None:
            report.kind = f"HDF5, {file_kinds.describe_hdf5([*file.attrs, *file], path)}"
        else:
            config = parse(text, "The model_config")
            if keras3.is_keras3(report.version):
                config = keras3.to_keras2(config, report.version)
            _inspect_config(config, report)
        settings = hdf5_file.attribute(file, "training_config")
        if settings is not None:
            _inspect_training(parse(settings, "The training_config"), report)
        _count_arrays(file, report)


def _inspect_folder(path, report):
    inner = os.path.join(path, "assets.extra", "tfk_model.keras")
    if os.path.isfile(inner):
        _inspect_archive(inner, report)
        report.kind = "SavedModel folder written by tfk"
    elif os.path.isfile(os.path.join(path, "keras_metadata.pb")):
        report.kind = "SavedModel folder written by Keras 2"
    elif os.path.isfile(os.path.join(path, "saved_model.pb")):
        report.kind = "SavedModel folder"
    elif os.path.isfile(os.path.join(path, "checkpoint")):
        report.kind = "folder of TensorFlow checkpoints"
    else:
        report.problems.append("The folder holds neither a SavedModel nor checkpoints.")


def _inspect_other(path, report):
    if not path.endswith(".json"):
        report.problems.append(f"This is not a Keras model file: it is {report.kind}.")
        return
    with open(path, encoding="utf-8") as file:
        config = parse(file.read(), "The file")
    other = file_kinds.describe_json(config)
    if other is not None:
        raise ValueError(f"The file holds {other}.")
    report.kind, report.version = "JSON architecture", config.get("keras_version")
    _inspect_config(config, report)


# Contents -----------------------------------------------------------------------------------------


def _inspect_config(config, report):
    """Model, layers, and what the config needs or should not hold."""
    if not is_object_config(config):
        raise ValueError("The architecture is not the config of an object.")
    settings = config["config"]
    name = settings.get("name") if isinstance(settings, dict) else None
    report.model = config["class_name"], name
    for place, item in _objects(config, ""):
        _inspect_object(place, item, report)


def _objects(value, place):
    """Yield `(place, config)` of every object in a nest, outermost first."""
    pending = [(place, value)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, dict):
            if is_object_config(value):
                yield place, value
            children = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        else:
            continue
        inner = [(f"{place}/{key}".lstrip("/"), item) for key, item in children]
        pending += reversed(inner)


def _inspect_object(place, item, report):
    name, settings = item["class_name"], item["config"]
    if not isinstance(name, str):
        report.problems.append(f"A class name at {place} is {name!r}, not a text.")
        return
    if name == "__lambda__" or _is_bytecode(name, settings):
        report.lambdas.append(place or name)
        report.problems.append(
            f"Python code (a lambda) at {place or 'the root'}: load_model rejects it unless"
            " safe_mode=False, which lets the author of the file run any code."
        )
        return
    if isinstance(settings, dict):
        for key in FILE_SETTINGS:
            if isinstance(settings.get(key), str):
                report.problems.append(f"{name} at {place} names the file {settings[key]!r}.")
    if name in special_values.LOADERS:
        return
    found = _find(item)
    if found is None:
        if name not in report.custom:
            report.custom.append(name if name != "function" else str(settings))
    elif isinstance(settings, dict) and (registry.public_name(found) or ("",))[0] == "keras.layers":
        report.layers[name] += 1


def _is_bytecode(name, settings):
    kinds = (
        (settings.get("function_type"), settings.get("output_shape_type"))
        if (name == "Lambda" and isinstance(settings, dict))
        else ()
    )
    return "lambda" in kinds


def _find(item):
    name, module = item["class_name"], item.get("module")
    try:
        if name == "function":
            return registry.find(item["config"], module, functions=True)
        return registry.find(name, module, registered_name=item.get("registered_name"))
    except (ValueError, TypeError):
        return None


def _inspect_training(settings, report):
    if not isinstance(settings, dict):
        return
    if "optimizer_config" in settings:  # HDF5 files
        settings = {**settings, "optimizer": _optimizer(settings["optimizer_config"])}
    settings = {key: settings[key] for key in TRAINING if key in settings}
    for place, item in _objects(settings, "compile"):
        _inspect_object(place, item, report)
    report.training = {
        key: _brief(settings[key]) for key in TRAINING if settings.get(key) not in (None, [], {})
    }


def _optimizer(config):
    """The config of an optimizer in an HDF5 file, where Keras 2 writes `Custom>Adam` for Adam."""
    if not is_object_config(config) or not isinstance(config["class_name"], str):
        return config
    name = config["class_name"].removeprefix("Custom>")
    return {"module": "keras.optimizers", **config, "class_name": name}


def _brief(value):
    """Names in place of whole configs."""
    if is_object_config(value):
        inner = value["config"]
        return str(inner) if value["class_name"] == "function" else str(value["class_name"])
    if isinstance(value, dict):
        return {key: _brief(item) for key, item in value.items()}
    return [_brief(item) for item in value] if isinstance(value, list) else value


def _count_arrays(file, report):
    """Numbers, sizes and dtypes of the arrays of an HDF5 file, each once whatever names it has;
    links to names and external data raise.
    """
    pending, seen = [file], set()
    while pending:
        group = pending.pop()
        for name in group:
            child = hdf5_file.member(group, name)
            if child in seen:
                continue
            seen.add(child)
            if isinstance(child, h5py.Group):
                pending.append(child)
            else:
                report.arrays += 1
                report.elements += child.size or 0
                report.dtypes[str(child.dtype)] += (child.size or 0) * child.dtype.itemsize


def as_json(report):
    """Return the report as JSON text, for scripts."""
    return json.dumps(vars(report), indent=2)
