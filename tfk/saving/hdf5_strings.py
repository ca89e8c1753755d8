"""Checks of variable-length strings in an HDF5 file, made before the HDF5 library reads them.

Such a string is stored as its length and a reference into a heap. The library believes both: it
takes memory for the length whatever it is, and walks the heap by the sizes in it, indefinitely if
one of them is so large that adding overflows.

Source: HDF5 File Format Specification, version 3.0, sections III.E (global heap), IV.A.1 (object
headers), IV.A.2.m (attribute messages).
"""

import struct

import h5py

ATTRIBUTE, CONTINUATION = 0x0C, 0x10  # types of messages in an object header
REFERENCE = struct.Struct(
    "<IQI"
)  # length of a string, address of its heap, number of the object in the heap
HEAP, HEAP_SIZE = b"GCOL\x01", struct.Struct("<8xQ")
HEAP_OBJECT = struct.Struct("<HHxxxxQ")  # number (0: the free rest), references, size of its data
LENGTH_SIZES = (8, 8)  # bytes of addresses and of sizes in the files that are read


class Broken(ValueError):
    """The strings, or what leads to them, are damaged or stored in a way that is not read."""


def check_strings(place, name=None):
    """Raise Broken unless the strings of an attribute of `place`, or those of the dataset `place`,
    can be read.
    """
    file = place.file
    if file.id.get_create_plist().get_sizes() != LENGTH_SIZES or file.userblock_size:
        raise Broken("the file has an unusual layout")
    with open(file.filename, "rb") as stream:
        try:
            raw = (
                _dataset_bytes(stream, place)
                if name is None
                else _attribute_bytes(stream, place, name)
            )
            _check_references(stream, raw)
        except (struct.error, IndexError):
            raise Broken("the file ends too early") from None


def _at(stream, address, size):
    stream.seek(min(address, 2**62))
    return stream.read(size)


def _unpack(form, stream, address):
    return form.unpack(_at(stream, address, form.size))


def _check_references(stream, raw):
    heaps = {}
    for start in range(0, len(raw) - REFERENCE.size + 1, REFERENCE.size):
        length, address, number = REFERENCE.unpack_from(raw, start)
        if not length:
            continue
        if address not in heaps:
            heaps[address] = _heap_sizes(stream, address)
        if length > heaps[address].get(number, 0):
            raise Broken(f"a string of {length} bytes is not where it should be")


def _heap_sizes(stream, address):
    """Dict from the number of each object in a heap to the size of its data."""
    (size,) = _unpack(HEAP_SIZE, stream, address)
    if _at(stream, address, len(HEAP)) != HEAP:
        raise Broken("a reference leads to no heap")
    sizes, place, end = {}, address + HEAP_SIZE.size, address + size
    while place + HEAP_OBJECT.size <= end:
        number, _, length = _unpack(HEAP_OBJECT, stream, place)
        step = HEAP_OBJECT.size + (length + 7) // 8 * 8 if number else length
        if step < HEAP_OBJECT.size or place + step > end:
            raise Broken(f"the heap at byte {address} is damaged")
        sizes[number] = length
        place += step
    return sizes


def _dataset_bytes(stream, dataset):
    offset = dataset.id.get_offset()
    if offset is None:
        raise Broken("strings in pieces (chunks) are not read")
    return _at(stream, offset, dataset.size * REFERENCE.size)


def _attribute_bytes(stream, place, name):
    """The stored bytes of an attribute, from the object header of what it belongs to."""
    for kind, message in _messages(stream, h5py.h5o.get_info(place.id).addr):
        if kind == ATTRIBUTE:
            found, raw = _split_attribute(message)
            if found == name.encode():
                return raw
    raise Broken(f"attribute {name!r} is stored in a way that is not read")


def _split_attribute(message):
    """Name and data of an attribute message."""
    version = message[0]
    sizes = struct.unpack_from("<HHH", message, 2)  # of the name, the type, the extent
    place = 9 if version == 3 else 8
    if version == 1:
        sizes = [size + -size % 8 for size in sizes]
    return message[place : place + sizes[0]].rstrip(b"\0"), message[place + sum(sizes) :]


def _messages(stream, address):
    """Yields type and content of the messages in the object header at an address."""
    start = _at(stream, address, 16)
    if start[:4] == b"OHDR":
        yield from _new_messages(stream, address, start[5])
    else:
        (size,) = struct.unpack_from("<I", start, 8)
        yield from _chunks(stream, [(address + 16, size)], struct.Struct("<HHB3x"), 0, 0)


def _new_messages(stream, address, flags):
    place = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    size = int.from_bytes(_at(stream, place, width), "little")
    form = struct.Struct("<BHB2x" if flags & 4 else "<BHB")
    yield from _chunks(stream, [(place + width, size)], form, 4, 4)


def _chunks(stream, chunks, form, signature, checksum):
    """Messages in the chunks of a header; further chunks begin with a signature and end with a
    checksum, or not.
    """
    seen = set()
    while chunks:
        chunk = chunks.pop()
        if chunk in seen or chunk[1] > 2**26:
            raise Broken("an object header is damaged")
        seen.add(chunk)
        data, place = _at(stream, *chunk), 0
        while place + form.size <= len(data):
            kind, size, _ = form.unpack_from(data, place)
            place += form.size
            message = data[place : place + size]
            place += size
            if kind == CONTINUATION:
                where, length = struct.unpack_from("<QQ", message)
                chunks.append((where + signature, length - signature - checksum))
            yield kind, message
