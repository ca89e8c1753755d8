"""Protocol buffer messages encoded by field number, for those whose classes TensorFlow does not
bring.
"""

import struct


def message(fields):
    """Encodes a message.

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
