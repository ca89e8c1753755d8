"""Protocol buffer messages written and read by field number, for those whose classes TensorFlow
does not bring.
"""

import struct

FIXED = {1: 8, 5: 4}  # wire type: bytes


def message(fields):
    """Encode a message.

    Args:
        fields: Pairs `(number, value)` in any order; an int or bool becomes a varint, a float a
            double, a string or bytes (also another message) a length-delimited field. None and a
            repeated field's absence are left out.

    >>> message([(1, "ab"), (2, 300), (3, None)])
    b'\\n\\x02ab\\x10\\xac\\x02'
    """
    return b"".join(_field(number, value) for number, value in fields if value is not None)


def _field(number, value):
    if isinstance(value, float):
        return _varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value):
    groups = []
    while True:
        value, low = value >> 7, value & 0x7F
        groups.append(low | (0x80 if value else 0))
        if not value:
            return bytes(groups)


def fields(data):
    """Yield the fields of a message as pairs `(number, value)`.

    Varints come as ints, everything else as bytes.

    Raises: ValueError for bytes that are no message.

    >>> list(fields(message([(1, "ab"), (2, 300)])))
    [(1, b'ab'), (2, 300)]
    """
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        kind = key & 7
        if kind == 0:
            value, position = _read_varint(data, position)
            yield key >> 3, value
            continue
        if kind == 2:
            size, position = _read_varint(data, position)
        elif kind in FIXED:
            size = FIXED[kind]
        else:
            raise ValueError(f"Byte {position} of a message has the unknown wire type {kind}.")
        if size > len(data) - position:
            raise ValueError(f"A field at byte {position} of a message is longer than the message.")
        yield key >> 3, data[position : position + size]
        position += size


def _read_varint(data, position):
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise ValueError("A message ends in the middle of a number.")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
    raise ValueError(f"A number at byte {position} of a message has more than 64 bits.")
