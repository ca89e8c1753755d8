"""Describes the contents of a model file without building the model."""

import collections
import dataclasses
import hashlib
import json
import math
import os
import tempfile

import h5py
import tensorflow as tf

from tfk.saving import (
    archive,
    checkpoint,
    early_configs,
    file_kinds,
    hdf5_file,
    keras3,
    optimizer_configs,
    registry,
    special_values,
)
from tfk.saving.configs import is_object_config
from tfk.saving.json_format import parse
from tfk.saving.saved_objects import GRAPH_FILE, SavedObjects
from tfk.utils.loading import load_budget

HASHED_AT_ONCE = 2**20  # bytes
READ_ERRORS = (ValueError, OSError, KeyError, TypeError, RecursionError, tf.errors.OpError)
CHECKPOINT = "TensorFlow checkpoint"
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
        if checkpoint.exists(path):
            return _inspected(Report(path, CHECKPOINT), _inspect_checkpoint)
        raise FileNotFoundError(f"There is no file {path!r}.")
    kind = file_kinds.kind_of_file(path)
    readers = {
        file_kinds.KERAS: (".keras archive", _inspect_archive),
        file_kinds.HDF5: ("HDF5", _inspect_hdf5),
        file_kinds.FOLDER: ("folder", _inspect_folder),
    }
    name, reader = readers.get(kind, (kind, _inspect_other))
    sha256 = None if os.path.isdir(path) else _hash(path)
    return _inspected(Report(path, name, _size(path), sha256), reader)


def _inspected(report, reader):
    """The report with what a reader finds, or why it fails."""
    try:
        with load_budget(report.size):
            reader(report.path, report)
    except READ_ERRORS as error:
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
        names = [*file.attrs, *file]
        if text is None:
            report.kind = f"HDF5, {file_kinds.describe_hdf5(names, path)}"
        else:
            release = keras3 if keras3.is_keras3(report.version) else early_configs
            config = parse(text, "The model_config")
            _inspect_config(release.to_keras2(config, report.version), report)
        settings = hdf5_file.attribute(file, "training_config")
        if settings is not None:
            _inspect_training(parse(settings, "The training_config"), report)
        _count_arrays(file, report)
        if text is None and not file_kinds.WEIGHTS_NAMES.intersection(names):
            report.problems.append(f"The file {file_kinds.describe_hdf5(names, path)}.")


def _inspect_folder(path, report):
    inner = os.path.join(path, "assets.extra", "tfk_model.keras")
    if os.path.isfile(inner):
        _inspect_archive(inner, report)
        report.kind = "SavedModel folder written by tfk"
    elif os.path.isfile(os.path.join(path, GRAPH_FILE)):
        _inspect_saved_model(path, report)
    elif os.path.isfile(os.path.join(path, "checkpoint")):
        report.kind = "folder of TensorFlow checkpoints"
        latest = tf.train.latest_checkpoint(path)
        if latest is None:
            raise ValueError("None of the checkpoints that the folder lists is there.")
        _inspect_checkpoint(latest, report)
    else:
        report.problems.append(f"This is {file_kinds.describe_folder(path)}.")


def _inspect_saved_model(path, report):
    report.kind = "SavedModel folder"
    saved = SavedObjects(path)
    if saved.is_of_keras:
        report.kind = "SavedModel folder written by Keras 2"
        described = saved.metadata(0)
        name, settings = described.get("class_name"), described.get("config") or {}
        _inspect_config({"class_name": name, "config": settings}, report)
        if "layers" not in settings:  # of a class that has no get_config
            report.model = name, described.get("name")
            for index in range(1, len(saved.objects)):
                layer = saved.metadata(index)
                if is_object_config(layer):
                    _inspect_object(str(layer.get("name")), layer, report)
        _inspect_training(described.get("training_config"), report)
    if checkpoint.exists(saved.checkpoint):
        _inspect_checkpoint(saved.checkpoint, report)
    elif saved.is_of_keras:
        report.problems.append("The folder lacks the variables of the model.")


def _inspect_checkpoint(prefix, report):
    """Numbers, sizes and dtypes of the arrays of a checkpoint."""
    reader = tf.train.load_checkpoint(prefix)
    dtypes = reader.get_variable_to_dtype_map()
    for name, shape in reader.get_variable_to_shape_map().items():
        if dtypes[name] != tf.string:  # such as the graph of objects
            report.arrays += 1
            report.elements += math.prod(shape)
            report.dtypes[dtypes[name].name] += math.prod(shape) * dtypes[name].size


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
    name, module = item["class_name"].removeprefix(optimizer_configs.PREFIX), item.get("module")
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
    """The config of an optimizer in an HDF5 file, which leaves out the module."""
    return {"module": "keras.optimizers", **config} if is_object_config(config) else config


def _brief(value):
    """Names in place of whole configs."""
    if is_object_config(value):
        inner = value["config"]
        name = str(inner if value["class_name"] == "function" else value["class_name"])
        return name.removeprefix(optimizer_configs.PREFIX)
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
