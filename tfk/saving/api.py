"""Saving and loading: one function per task; the path determines the format."""

import os
import warnings

from tfk.saving import archive, checkpoint, hdf5_model, hdf5_weights, saved_model, variables_file
from tfk.saving.file_kinds import FOLDER, HDF5, KERAS, kind_of_file
from tfk.saving.json_format import KERAS_VERSION, model_from_config, model_from_json, to_json
from tfk.saving.serving import export_model
from tfk.typing import CustomObjects, PathLike
from tfk.utils.atomic import replacing_file
from tfk.utils.tracebacks import hide_internal_frames

H5_ENDINGS = (".h5", ".hdf5", ".keras.h5")
# Further arguments of `save_model` by format; `save_traces` has nothing to leave out here.
SAVE_OPTIONS = {
    "keras": ("for_keras",),
    "h5": ("include_optimizer", "save_traces", "signatures", "options"),
    "tf": ("include_optimizer", "save_traces", "signatures", "options"),
}
# Further names that `save(save_format=...)` takes.
FORMAT_ALIASES = {"keras_v3": "keras", "hdf5": "h5", "tensorflow": "tf"}
# What `save_weights(save_format=...)` may be called.
WEIGHTS_FORMATS = {"tf": "tf", "tensorflow": "tf", "h5": "h5", "hdf5": "h5", "keras": "h5"}

# Readers by format.
LOADERS = {KERAS: archive.load, HDF5: hdf5_model.load_model, FOLDER: saved_model.load}


@hide_internal_frames
def save_model(model, filepath: PathLike, overwrite: bool = True, save_format=None, **kwargs):
    """Save a model: architecture, weights, compile arguments and optimizer state.

    Args:
        model: The model.
        filepath: Path with the extension `.keras` (zip archive), `.h5` or `.hdf5` (HDF5), or else a
            SavedModel folder.
        overwrite: Whether to replace an existing file without asking on the terminal. Defaults to
            True.
        save_format: `"keras"`, `"h5"` or `"tf"` to override the extension. Defaults to None.
        **kwargs: `include_optimizer=False` leaves out compile arguments and optimizer (HDF5,
            SavedModel); `signatures` and `options` (SavedModel); `for_keras=3` writes a `.keras`
            file that Keras 3 loads, and warns about what it cannot hold.

    Raises: ValueError for an unknown format or a model without weights.
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> save_model(model, "model.keras")
    """
    filepath = os.fspath(filepath)
    save_format = FORMAT_ALIASES.get(save_format, save_format) or _format_of(filepath)
    if save_format not in SAVE_OPTIONS:
        raise ValueError(
            f"save_model: unknown save_format {save_format!r}; there are 'keras', 'h5' and 'tf'."
        )
    unknown = sorted(set(kwargs) - set(SAVE_OPTIONS[save_format]))
    if unknown:
        raise ValueError(
            f"save_model: a file of format {save_format!r} takes no {', '.join(unknown)}."
        )
    include_optimizer = kwargs.get("include_optimizer", True)
    if not overwrite and os.path.exists(filepath) and not _may_overwrite(filepath):
        return
    if save_format == "keras":
        with replacing_file(filepath) as temporary:
            _report(archive.save(model, temporary, for_keras=_release(kwargs.get("for_keras", 2))))
    elif save_format == "h5":
        with replacing_file(filepath) as temporary:
            hdf5_model.save_model(model, temporary, include_optimizer, KERAS_VERSION)
    else:
        saved_model.save(
            model, filepath, kwargs.get("signatures"), kwargs.get("options"), include_optimizer
        )


def _release(for_keras):
    """The major version of Keras that is to load the file, checked."""
    if for_keras not in (2, 3):
        raise ValueError(f"for_keras must be 2 or 3, got {for_keras!r}.")
    return for_keras


def _report(lost):
    if lost:
        warnings.warn(f"The file for Keras 3 leaves out {'; '.join(lost)}.", stacklevel=4)


def _format_of(filepath):
    if filepath.endswith(H5_ENDINGS):
        return "h5"
    return "keras" if filepath.endswith(".keras") else "tf"


def _may_overwrite(filepath):
    return input(f"{filepath} exists. Overwrite? [y/n] ").strip().lower() in ("y", "yes")


@hide_internal_frames
def load_model(
    filepath: PathLike,
    custom_objects: CustomObjects | None = None,
    compile: bool = True,
    safe_mode: bool | None = None,
    **kwargs,
):
    """Load a model saved by `save_model` or Keras 2, without running code from the file.

    Args:
        filepath: Path of a `.keras` or HDF5 file, or of a SavedModel folder.
        custom_objects: Dict mapping names in the file to custom classes and functions. Defaults to
            None.
        compile: Whether to restore the compile arguments and the optimizer state. Defaults to True.
        safe_mode: False also rebuilds lambdas from the file, which lets its author run any code.
            Defaults to None.
        **kwargs: `options` of Keras 2 (for SavedModels), which has no effect.

    Raises: ValueError that lists all classes that are neither built in nor registered; OSError if
        there is no such file.
    >>> tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))]).save("model.keras")
    >>> load_model("model.keras").output_shape
    (None, 1)
    """
    unknown = sorted(set(kwargs) - {"options"})
    if unknown:
        raise TypeError(f"load_model: there is no argument {', '.join(unknown)}.")
    filepath = os.fspath(filepath)
    if not os.path.exists(filepath):
        raise OSError(f"load_model: there is no file or directory {filepath!r}.")
    kind = kind_of_file(filepath)
    if kind not in LOADERS:
        raise ValueError(f"load_model: {filepath!r} is {kind}.")
    return LOADERS[kind](filepath, custom_objects, compile, safe_mode)


def save_weights(model, filepath, overwrite=True, save_format=None, options=None, for_keras=2):
    """Save the weights of a model; see `Model.save_weights`."""
    filepath = os.fspath(filepath)
    save_format = save_format or ("h5" if filepath.endswith(H5_ENDINGS) else "tf")
    if save_format not in WEIGHTS_FORMATS:
        raise ValueError(f"save_weights: save_format must be 'tf' or 'h5', got {save_format!r}.")
    save_format = WEIGHTS_FORMATS[save_format]
    if _release(for_keras) == 3 and not filepath.endswith(".weights.h5"):
        raise ValueError("save_weights: for_keras=3 needs a path that ends in .weights.h5.")
    if save_format == "h5":
        _check_weights_exist(model, "save_weights")
    elif not model.built:
        _ = model.weights  # raises for models that must be built first
    there = f"{filepath}.index" if save_format == "tf" else filepath
    if not overwrite and os.path.exists(there) and not _may_overwrite(there):
        return
    if save_format == "tf":
        checkpoint.save(model, filepath, options)
        return
    with replacing_file(filepath) as temporary:
        if filepath.endswith(".weights.h5"):
            variables_file.save(temporary, model, for_keras)
        else:
            hdf5_weights.save_weights(temporary, model, KERAS_VERSION)


@hide_internal_frames
def load_weights(model, filepath, skip_mismatch=False, by_name=False, options=None):
    """Load weights into a model; see `Model.load_weights`."""
    filepath = os.fspath(filepath)
    if os.path.isfile(os.path.join(filepath, saved_model.MODEL_FILE)):
        filepath = os.path.join(filepath, saved_model.MODEL_FILE)
    of_saved_model = os.path.join(filepath, "variables", "variables")
    for prefix in (filepath, of_saved_model):
        if checkpoint.exists(prefix):
            return checkpoint.load(model, prefix, options)
    if not os.path.exists(filepath):
        raise OSError(
            f"load_weights: there is no file {filepath!r} and no checkpoint of that prefix."
        )
    kind = kind_of_file(filepath)
    if kind == FOLDER:
        return saved_model.load_weights(filepath, model, skip_mismatch, options)
    _check_weights_exist(model, "load_weights")
    if kind not in (KERAS, HDF5):
        raise ValueError(f"load_weights: {filepath!r} is {kind}.")
    if kind == KERAS:
        archive.load_weights(filepath, model, skip_mismatch)
    elif hdf5_weights.lists_layers(filepath):
        hdf5_weights.load_weights(filepath, model, by_name, skip_mismatch)
    else:
        variables_file.load(filepath, model, skip_mismatch)
    return None


def _check_weights_exist(model, task):
    if not model.built and not model.weights:
        raise ValueError(
            f'{task}: {type(model).__name__} "{model.name}" has no weights yet. Call it on data, or'
            " build it, first."
        )


__all__ = [
    "KERAS_VERSION",
    "export_model",
    "load_model",
    "load_weights",
    "model_from_config",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
