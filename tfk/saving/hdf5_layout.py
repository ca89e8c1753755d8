"""Checks of the storage layout of an HDF5 file, made before the HDF5 library reads it.

The library unpacks a chunk to whatever size its compressed bytes grow to, so a few kilobytes can
take gigabytes, and believes the stored size of a chunk. It also ignores bytes behind the end of the
file that the superblock declares.

Source: HDF5 File Format Specification, version 3.0, sections II.A (superblock) and IV.A.2.l (filter
pipeline).
"""

import itertools
import math
import zlib

import h5py

from tfk.utils.loading import reserve

SIGNATURE = b"\x89HDF\r\n\x1a\n"
# Version of the superblock: where it keeps the size of addresses, and where the addresses begin:
# of the file's start, of something else, and of the file's end.
SUPERBLOCKS = {0: (13, 24), 1: (13, 28), 2: (9, 12), 3: (9, 12)}
FILTERS = {
    h5py.h5z.FILTER_DEFLATE: "gzip",
    h5py.h5z.FILTER_SHUFFLE: "shuffle",
    h5py.h5z.FILTER_FLETCHER32: "fletcher32",
}
CHECKSUM = 4  # bytes that fletcher32 adds


class BadLayout(ValueError):
    """An HDF5 file with an invalid storage layout."""


def check_length(path):
    """Raise BadLayout unless the file has the length stated in its superblock.

    A file without a superblock at its beginning is left to the HDF5 library.
    """
    with open(path, "rb") as file:
        start = file.read(64)
        length = file.seek(0, 2)
    version = start[8] if len(start) > 8 else None
    if not start.startswith(SIGNATURE) or version not in SUPERBLOCKS:
        return
    place, addresses = SUPERBLOCKS[version]
    width = start[place]
    end = int.from_bytes(start[addresses + 2 * width : addresses + 3 * width], "little")
    if end != length:
        raise BadLayout(f"the file has {length} bytes, its header says {end}")


def check_chunks(dataset):
    """Raise BadLayout unless every chunk of a dataset unpacks to the size of a chunk."""
    if dataset.chunks is None or not dataset.size:
        return
    filters = _filters(dataset)
    size = math.prod(dataset.chunks) * dataset.dtype.itemsize
    counts = [-(-length // step) for length, step in zip(dataset.shape, dataset.chunks)]
    reserve(f"{dataset.name}", objects=math.prod(counts))
    for index in itertools.product(*map(range, counts)):
        offset = tuple(number * step for number, step in zip(index, dataset.chunks))
        stored = dataset.id.get_chunk_info_by_coord(offset)
        if not stored.size:
            continue  # never written: the fill value
        applied = [name for n, name in enumerate(filters) if not stored.filter_mask >> n & 1]
        # What cannot be compressed grows by a few bytes in a thousand.
        most = size + size // 500 + 64 if applied else size
        if stored.size > most or (not applied and stored.size != size):
            raise BadLayout(f"a chunk of {dataset.name} has {stored.size} bytes instead of {size}")
        if "gzip" in applied:
            _check_unpacked(dataset, offset, applied, size)


def _filters(dataset):
    plist = dataset.id.get_create_plist()
    codes = [plist.get_filter(number)[0] for number in range(plist.get_nfilters())]
    names = [FILTERS.get(code, f"number {code}") for code in codes]
    unknown = [name for name in names if name not in FILTERS.values()]
    if unknown or len(set(names)) < len(names):
        raise BadLayout(
            f"{dataset.name} is packed by {', '.join(names)}; each of"
            f" {', '.join(FILTERS.values())} is read, once"
        )
    return names


def _check_unpacked(dataset, offset, applied, size):
    _, packed = dataset.id.read_direct_chunk(offset)
    place = applied.index("gzip")
    if "fletcher32" in applied[place:]:
        packed = packed[:-CHECKSUM]
    if "shuffle" in applied[place:]:
        raise BadLayout(f"{dataset.name} is shuffled after it was packed, which is not read")
    expected = size + CHECKSUM * ("fletcher32" in applied[:place])
    unpacking = zlib.decompressobj()
    try:
        unpacked = len(unpacking.decompress(packed, expected + 1))
    except zlib.error as error:
        raise BadLayout(f"a chunk of {dataset.name} cannot be decompressed: {error}") from None
    if unpacked != expected or not unpacking.eof:
        raise BadLayout(f"a chunk of {dataset.name} does not decompress to {expected} bytes")
