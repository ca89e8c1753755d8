"""Reads the pickles inside published data sets (imdb, reuters, cifar) without executing them.

An ordinary unpickler imports and calls what a file names. This one knows stand-ins for the three
names that NumPy writes into the pickle of an array, and rejects every other name. The stand-ins
only keep what they are given; checks and the building of real arrays happen afterwards.
"""

import itertools
import math
import pickle
import zipfile
import zlib

import numpy as np

DAMAGES = (
    AttributeError,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_lists(path, name):
    """Return the member `name` of an `.npz` file as a 1-D object array of lists of integers.

    Args:
        path: The file.
        name: Name of the array.

    Raises: ValueError if the member is missing or holds anything else.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            version = np.lib.format.read_magic(file)
            read_header = {(1, 0): np.lib.format.read_array_header_1_0}.get(
                version, np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read_header(file)
            if dtype != np.dtype(object):
                raise ValueError(f"expected lists, got an array of {dtype}")
            rows = _load(file).rows(shape)
    except DAMAGES as error:
        raise ValueError(f"{path}: the array {name!r} cannot be read: {error}") from error
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


def load_cifar_batch(path, label_key):
    """Images and labels of one batch file of CIFAR.

    Args:
        path: The batch file: a pickled dict with `data` (rows of bytes) and lists of labels.
        label_key: `"labels"`, `"fine_labels"` or `"coarse_labels"`.

    Returns:
        Images, uint8 `(n, 3, 32, 32)`, and labels, a list of n integers.

    Raises: ValueError if the file holds anything else.
    """
    try:
        with open(path, "rb") as file:
            batch = _load(file, encoding="bytes")
        batch = {
            key.decode() if isinstance(key, bytes) else key: value for key, value in batch.items()
        }
        images, labels = batch["data"].matrix(), batch[label_key]
        _check_integers([labels])
        if images.shape != (len(labels), 3072):
            raise ValueError(
                f"expected {len(labels)} images of 3072 bytes, got the shape {images.shape}"
            )
    except (KeyError, AttributeError, ValueError) as error:
        raise ValueError(f"{path} is not a batch of CIFAR images: {error}") from error
    return images.reshape(-1, 3, 32, 32), labels


def _load(file, encoding="ASCII"):
    try:
        return _Unpickler(file, encoding=encoding).load()
    except Exception as error:  # a malformed pickle can fail in any way
        raise ValueError(f"{type(error).__name__}: {error}") from error


class _StoredType:
    """Stands in for `numpy.dtype`."""

    def __init__(self, name, *_):
        self.name = name.decode() if isinstance(name, bytes) else name

    def __setstate__(self, state):
        pass  # byte order and alignment: one byte has neither


class _StoredArray:
    """Stands in for the array that `_reconstruct` makes and BUILD fills."""

    state = None

    def __setstate__(self, state):
        self.state = state

    def rows(self, shape):
        """The items of an object array, all of them lists of integers."""
        _, stored_shape, dtype, _, rows = self._state()
        if tuple(stored_shape) != shape or len(shape) != 1:
            raise ValueError(f"expected one axis, got the shape {stored_shape}")
        if (
            dtype.name not in ("O8", "O4", "O", "|O")
            or type(rows) is not list
            or len(rows) != shape[0]
        ):
            raise ValueError("expected an object array")
        _check_integers(rows)
        return rows

    def matrix(self):
        """A matrix of bytes."""
        _, shape, dtype, column_order, data = self._state()
        shape = tuple(shape)
        if (
            dtype.name not in ("u1", "|u1")
            or len(shape) != 2
            or column_order
            or type(data) is not bytes
        ):
            raise ValueError("expected a matrix of uint8")
        if math.prod(shape) != len(data):
            raise ValueError(f"expected {math.prod(shape)} bytes, got {len(data)}")
        return np.frombuffer(data, np.uint8).reshape(shape)

    def _state(self):
        state = self.state
        if type(state) is not tuple or len(state) != 5 or type(state[2]) is not _StoredType:
            raise ValueError("expected a NumPy array")
        return state


class _ArrayType:
    """Stands in for `numpy.ndarray`, which is only named."""


def _reconstruct(*_):
    return _StoredArray()


def _encode(text, encoding="latin1"):
    """How Python 3 writes bytes into pickles of protocol 2."""
    if encoding not in ("latin1", "latin-1"):
        raise ValueError(f"unexpected encoding {encoding!r}")
    return text.encode("latin1")


_KNOWN = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _ArrayType,
    ("numpy", "dtype"): _StoredType,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"the file asks for {module}.{name}, which no data set needs; it is not to be"
                " trusted"
            ) from None

    def persistent_load(self, key):
        raise pickle.UnpicklingError("the file refers to objects outside of itself")


def _check_integers(rows):
    if any(type(row) is not list for row in rows):
        raise ValueError("expected lists of integers")
    others = set(map(type, itertools.chain.from_iterable(rows))) - {int}
    if others:
        raise ValueError(
            f"expected lists of integers, got items of {sorted(kind.__name__ for kind in others)}"
        )
