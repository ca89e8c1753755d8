"""`model.export`: the forward pass as a versioned SavedModel or a LiteRT file."""

import base64
import json
import os
import re

import numpy as np
import tensorflow as tf

from tfk.saving.export_archive import SAVED_MODEL_PARTS, ExportArchive
from tfk.saving.lite import to_lite
from tfk.saving.signatures import SERVING_DEFAULT, forward_function, input_specs
from tfk.saving.warmup import write_warmup
from tfk.utils.atomic import replacing_file, replacing_folder


def export_model(
    model,
    filepath,
    format="tf_saved_model",
    signatures=None,
    version=None,
    warmup=None,
    quantize=None,
    representative_data=None,
    verbose=False,
    options=None,
):
    """Write the forward pass of a model for serving.

    Args:
        model: A built model.
        filepath: Folder of the SavedModel, or the `.tflite` file.
        format: `"tf_saved_model"` or `"tflite"`. Defaults to `"tf_saved_model"`.
        signatures: Dict from endpoint name to the model, another model, or a `tf.function` with an
            input signature; None exports the model as `serving_default`, and as the function
            `serve` of the object that `tf.saved_model.load` returns. Defaults to None.
        version: An integer, or `"auto"`: the SavedModel is written to `filepath/<version>`;
            `"auto"` uses the number after the highest existing one. Versions are never replaced.
            Defaults to None.
        warmup: Array (list or dict of arrays) of inputs for the server's warm-up file. Defaults to
            None.
        quantize, representative_data: For `"tflite"`; see `tfk.quantization.quantize`. Both default
            to None.
        verbose: Whether to print the location of the artifact and its endpoints. Defaults to False.
        options: `tf.saved_model.SaveOptions`. Defaults to None.

    Returns: The path that was written.
    Raises: ValueError for invalid arguments, FileExistsError for an existing version.
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> tfk.export.export_model(model, "model.tflite", format="tflite")  # doctest: +SKIP
    'model.tflite'
    """
    filepath = os.fspath(filepath)
    if not model.built:
        raise ValueError(
            f'{type(model).__name__} "{model.name}" has no weights yet, so there is nothing to'
            " export. Call it on data, fit it, or build(input_shape) first."
        )
    if format == "tflite":
        data = to_lite(model, quantize, representative_data)
        with replacing_file(filepath) as temporary, open(temporary, "wb") as file:
            file.write(data)
        return filepath
    if format != "tf_saved_model":
        raise ValueError(
            f"export: unknown format {format!r}; there are 'tf_saved_model' and 'tflite'."
        )
    target = filepath if version is None else _version_folder(filepath, version)
    archive = ExportArchive()
    if signatures is None:
        archive.add_attributes({"serve": forward_function(model)})
    for name, endpoint in (signatures or {SERVING_DEFAULT: model}).items():
        if hasattr(endpoint, "save_spec"):
            archive.add_model(name, endpoint)
        else:
            archive.track(model)
            archive.add_concrete(name, endpoint)
    with replacing_folder(target, SAVED_MODEL_PARTS) as temporary:
        archive.write_into(temporary, options)
        if warmup is not None:
            write_warmup(
                temporary,
                _named_inputs(model, warmup),
                model_name=os.path.basename(os.path.abspath(filepath)),
            )
    if verbose:
        print(f"Exported to {target}: endpoints {', '.join(archive.endpoints())}.")
    return target


def _version_folder(base, version):
    """Return the folder of a version that does not exist yet."""
    present = (
        [int(name) for name in os.listdir(base) if re.fullmatch(r"\d+", name)]
        if os.path.isdir(base)
        else []
    )
    if version == "auto":
        version = max(present, default=0) + 1
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise ValueError(f"export: version must be 'auto' or a whole number, got {version!r}.")
    if version in present:
        raise FileExistsError(
            f"export: version {version} exists in {base!r} and is not replaced. Pass"
            " version='auto'."
        )
    return os.path.join(base, str(version))


def _named_inputs(model, data):
    """Return arrays by input name, in the dtypes of the inputs."""
    specs = input_specs(model)
    if not isinstance(data, dict):
        data = dict(zip(specs, [data] if len(specs) == 1 else data))
    named = {
        name: (
            np.asarray(value)
            if spec.dtype == tf.string
            else np.asarray(value, spec.dtype.as_numpy_dtype)
        )
        for (name, spec), value in zip(specs.items(), (data[name] for name in specs))
    }
    for name, value in named.items():
        if not specs[name].shape.is_compatible_with(value.shape):
            raise ValueError(
                f'The rows for input "{name}" have shape {value.shape}; expected'
                f" {tuple(specs[name].shape)}."
            )
    return named


def request_body(model, rows, signature=SERVING_DEFAULT):
    """Return the JSON body of a REST request to TF Serving for some rows of input.

    Args:
        model: The exported model.
        rows: Array, or list or dict of arrays, with one row per sample.
        signature: Name of the endpoint. Defaults to `"serving_default"`.
    >>> import tfk
    >>> model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    >>> request_body(model, [[1.0, 2.0]])
    '{"signature_name": "serving_default", "instances": [[1.0, 2.0]]}'
    """
    named = _named_inputs(model, rows)
    plain = {name: _plain(value.tolist()) for name, value in named.items()}
    if len(plain) == 1:
        return json.dumps({"signature_name": signature, "instances": next(iter(plain.values()))})
    return json.dumps({"signature_name": signature, "inputs": plain})


def _plain(value):
    """Return a nested list for JSON: binary data (images, records) in the form TF Serving reads."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}
