"""HDF5 files, read and written without trust: links, sizes and types are checked first."""

import contextlib
import io
import os
import traceback

import h5py
import numpy as np
import tensorflow as tf

from tfk.saving.hdf5_layout import check_chunks, check_length
from tfk.saving.hdf5_strings import check_strings
from tfk.utils import handover
from tfk.utils.loading import load_budget, reserve

HEADER_LIMIT = 64512  # bytes that fit into one attribute
READABLE_KINDS = "biufcSU"
ATTRIBUTE_CLASSES = (h5py.h5t.STRING, h5py.h5t.INTEGER, h5py.h5t.FLOAT)


class Hdf5Error(ValueError):
    """An HDF5 file that is corrupt or contains unexpected data."""


@contextlib.contextmanager
def open_file(path):
    """Context of an HDF5 file open for reading.

    Raises: FileNotFoundError; Hdf5Error if it is no HDF5 file, or turns out to be damaged while it
        is read.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(f"There is no file {os.fspath(path)!r}.")
    try:
        check_length(path)
    except ValueError as error:
        raise Hdf5Error(f"{os.fspath(path)!r} is damaged: {error}.") from None
    try:
        with load_budget(os.path.getsize(path)), h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, UnicodeDecodeError) as error:
        # The HDF5 library raises these two for broken structures; those of others are not about the
        # file.
        if (
            isinstance(error, (RuntimeError, KeyError))
            and "h5py" not in traceback.extract_tb(error.__traceback__)[-1].filename
        ):
            raise
        raise Hdf5Error(f"{os.fspath(path)!r} is damaged, or not an HDF5 file: {error}") from None


@contextlib.contextmanager
def new_file(path):
    """Context of an HDF5 file to be written to `path`, which may be an unbuffered binary file
    object.
    """
    with (
        contextlib.nullcontext(path) if hasattr(path, "write") else open(path, "w+b", buffering=0)
    ) as raw:
        target = _Target(raw)
        with h5py.File(target, "w") as file:
            yield file
        if target.error is not None:
            raise target.error


class _Target(io.RawIOBase):
    """A file to be written, for the HDF5 library.

    The library leaves a file that it fails to write, on a full disk, open, and brings down the
    process when it ends. So it never learns of the failure.
    """

    def __init__(self, file):
        self.file, self.error = file, None

    def _try(self, function, *args):
        try:
            return function(*args)
        except OSError as error:
            self.error = self.error or error
            return 0

    def seek(self, *args):
        return self._try(self.file.seek, *args)

    def tell(self):
        return self._try(self.file.tell)

    def readinto(self, buffer):
        return self._try(self.file.readinto, buffer)

    def truncate(self, size):
        return self._try(self.file.truncate, size)

    def write(self, data):
        left = memoryview(data)
        while left and self.error is None:
            left = left[self._try(self.file.write, left) :]
        return len(data)


def member(group, name):
    """Return the group or dataset called `name` within `group`, reached through hard links alone.

    A name that starts with a slash counts from the root of the file: Keras 2.0 to 2.2 wrote such
    names with Theano and CNTK.

    Raises: Hdf5Error for soft and external links, external storage and virtual datasets; KeyError
        if missing.
    """
    place = group.file if name.startswith("/") else group
    for part in [part for part in name.split("/") if part]:
        if part in (".", ".."):
            raise Hdf5Error(f"HDF5 name {name!r} leaves its group.")
        if not isinstance(place, h5py.Group) or part not in place:
            whole = name if name.startswith("/") else f"{group.name.rstrip('/')}/{name}"
            raise KeyError(f"{whole} is not in the file")
        link = place.get(part, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise Hdf5Error(
                f"{place.name}/{part} is a {type(link).__name__}: links are not followed."
            )
        place = place[part]
    if isinstance(place, h5py.Dataset) and (place.is_virtual or place.external):
        raise Hdf5Error(
            f"{place.name} is stored outside of the file: external and virtual data is not read."
        )
    return place


def holds(dataset, dtype):
    """Return whether the elements of a dataset (or of a group, which has none) can become those of
    a `tf.DType`.
    """
    stored = getattr(dataset, "dtype", None)
    if stored is None:
        return False
    if dtype == tf.string:
        return stored.kind in "SUO"
    return stored.kind in ("biufc" if dtype.is_complex else "biuf")


def read(dataset, shape=None):
    """Return the values of a dataset as a NumPy array.

    Args:
        dataset: The `h5py.Dataset`.
        shape: Shape it must have, checked before anything is read. Defaults to None.

    Raises: Hdf5Error if the shape differs, if it holds anything but numbers, or declares more than
        the file can hold.
    """
    if not isinstance(dataset, h5py.Dataset):
        raise Hdf5Error(f"{dataset.name} is a group where data was expected.")
    numbers_or_text = dataset.dtype.kind in READABLE_KINDS or h5py.check_string_dtype(dataset.dtype)
    if not numbers_or_text:
        raise Hdf5Error(
            f"{dataset.name} has type {dataset.dtype}: only numbers and strings are read."
        )
    if shape is not None and tuple(dataset.shape or ()) != tuple(shape):
        raise Hdf5Error(f"{dataset.name} has shape {dataset.shape}, expected {tuple(shape)}.")
    declared = dataset.size * dataset.dtype.itemsize if dataset.shape is not None else 0
    reserve(f"{dataset.name}", bytes=declared)
    try:
        check_chunks(dataset)
        if dataset.dtype.hasobject:
            check_strings(dataset)
        if dataset.dtype.kind not in handover.KINDS or not dataset.size or not dataset.shape:
            return np.asarray(dataset[()])
        array = handover.empty(dataset.shape, dataset.dtype)
        dataset.read_direct(array)
        return array
    except (OSError, ValueError, RuntimeError) as error:
        raise Hdf5Error(f"{dataset.name} cannot be read: {error}") from None


def attribute(place, name, default=None):
    """Return an attribute, strings decoded; `default` if there is none."""
    if name not in place.attrs:
        return default
    try:
        # What declares more than the file can hold, or has an exotic type, would be read for ages.
        identifier = h5py.h5a.open(place.id, name.encode())
        kind, elements = identifier.get_type(), identifier.get_space().get_simple_extent_npoints()
        size = elements * kind.get_size()
        if (
            kind.get_class() not in ATTRIBUTE_CLASSES
            or size > os.path.getsize(place.file.filename) + HEADER_LIMIT
        ):
            raise Hdf5Error(f"it is not a string or number, or is too large ({size} bytes)")
        if kind.get_class() == h5py.h5t.STRING and kind.is_variable_str():
            check_strings(place, name)
        value = place.attrs[name]
    except (OSError, TypeError, RuntimeError, ValueError) as error:
        raise Hdf5Error(f"attribute {name!r} of {place.name} cannot be read: {error}") from None
    return value.decode("utf8") if isinstance(value, bytes) else value


def write_names(group, attribute_name, names):
    """Store a list of strings as an attribute, split into numbered ones where it would be too
    large.
    """
    # Of fixed length: the HDF5 library may read strings of variable length indefinitely if a file
    # is damaged.
    encoded = np.asarray(
        [name.encode("utf8") for name in names], dtype=None if len(names) else np.float64
    )
    too_long = [name for name in encoded if len(name) > HEADER_LIMIT]
    if too_long:
        raise ValueError(
            f"Names of more than {HEADER_LIMIT} bytes do not fit into an HDF5 file:"
            f" {too_long[0][:80]!r}..."
        )
    parts = 1
    while any(part.nbytes > HEADER_LIMIT for part in np.array_split(encoded, parts)):
        parts += 1
    if parts == 1:
        group.attrs[attribute_name] = encoded
        return
    for number, part in enumerate(np.array_split(encoded, parts)):
        group.attrs[f"{attribute_name}{number}"] = part


def read_names(group, attribute_name):
    """Return the list of strings that `write_names` (or Keras 2) stored; empty if there is none."""
    keys = [attribute_name]
    if attribute_name not in group.attrs:
        keys = []
        while f"{attribute_name}{len(keys)}" in group.attrs:
            keys.append(f"{attribute_name}{len(keys)}")
    values = [value for key in keys for value in np.atleast_1d(attribute(group, key))]
    if not all(isinstance(value, (bytes, str)) for value in values):
        raise Hdf5Error(f"attribute {attribute_name!r} of {group.name} is not a list of names.")
    return [value.decode("utf8") if isinstance(value, bytes) else str(value) for value in values]


def write_text(group, attribute_name, text):
    """Store a text as an attribute: of fixed length where it fits, so that reading it takes no
    heap of strings.
    """
    encoded = text.encode("utf8")
    group.attrs[attribute_name] = np.bytes_(encoded) if 0 < len(encoded) <= HEADER_LIMIT else text
