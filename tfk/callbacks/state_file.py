"""Nests of plain values and arrays in one file, which is either complete or rejected."""

import json
import os
import struct
import zipfile
import zlib

import numpy as np
import tensorflow as tf

from tfk.saving.json_format import parse
from tfk.utils.atomic import replacing_file
from tfk.utils.loading import load_budget, reserve
from tfk.utils.zip_entries import open_zip

ARRAY_KEY = "__array__"
# Exceptions of `zipfile` and the decoding for damaged or missing files.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    MemoryError,
)


def write_state(path, state):
    """Write `state` to `path` atomically: an interruption or a full disk leaves the previous file
    intact.

    Args:
        path: Path of a local file.
        state: Nest of dicts with string keys, lists and tuples (read back as lists), strings,
            numbers, None, and NumPy arrays or scalars of any numeric dtype, including bfloat16 and
            the like.

    Raises: TypeError that reports where in the nest another type was found.
    """
    arrays = []
    text = json.dumps(_encode(state, arrays, "state"))
    with (
        replacing_file(path, sync=True) as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):  # with CRCs
        archive.writestr("state.json", text)
        for number, array in enumerate(arrays):
            with archive.open(str(number), "w", force_zip64=True) as entry:
                entry.write(memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8)))


def read_state(path):
    """Read a file of `write_state`.

    Raises: ValueError if the file is truncated, unreadable or of another kind.
    """
    try:
        with load_budget(os.path.getsize(path)), open_zip(path) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise ValueError("an entry is compressed, which saved states never are")
            reserve("Its entries", bytes=sum(entry.file_size for entry in archive.infolist()))
            state = _decode(parse(archive.read("state.json"), "state.json"), archive)
    except DAMAGES as error:
        raise ValueError(f"{path} is damaged or not a saved state: {error}") from error
    if not isinstance(state, dict):
        raise ValueError(f"{path} is not a saved state: it holds a {type(state).__name__}.")
    return state


def _encode(value, arrays, where):
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.hasobject or array.dtype.kind in "SUMm":
            raise TypeError(f"{where}: arrays of dtype {array.dtype} cannot be saved.")
        arrays.append(array)
        kind = "scalar" if isinstance(value, np.generic) else "array"
        return {
            ARRAY_KEY: [len(arrays) - 1, tf.as_dtype(array.dtype).name, list(array.shape), kind]
        }
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value) or ARRAY_KEY in value:
            raise TypeError(
                f"{where}: expected a dict with strings as keys, got the keys {list(value)}."
            )
        return {key: _encode(item, arrays, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(item, arrays, f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, (str, int, float, type(None))):
        return value
    raise TypeError(
        f"{where}: a {type(value).__name__} cannot be saved, only plain values, arrays and nests of"
        " them."
    )


def _decode(value, archive):
    if isinstance(value, dict) and ARRAY_KEY in value:
        number, dtype, shape, kind = value[ARRAY_KEY]
        data = np.frombuffer(
            bytearray(archive.read(str(number))), tf.as_dtype(dtype).as_numpy_dtype
        )
        array = data.reshape(shape)
        return array[()] if kind == "scalar" else array
    if isinstance(value, dict):
        return {key: _decode(item, archive) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode(item, archive) for item in value]
    return value
