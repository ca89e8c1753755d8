"""Checks that the central directory of a zip archive agrees with its entries.

A checksum covers the data of an entry, none covers the list at the end of the archive. A flipped
bit there turns a file into a folder, or hides it in a comment. But what the list says is stored a
second time.
"""

import os
import struct
import zipfile

_END = struct.Struct("<4s6xH10x")  # of the archive: signature, number of entries
_HEADER = struct.Struct("<4s2xH18xHH")  # of an entry: signature, flags, length of its name
_LONGEST_COMMENT = 2**16
_IN_UTF8 = 0x800
_UNSTATED = 0xFFFF  # the number of entries in archives with more than that


def open_zip(path):
    """Open an archive to be read.

    Args:
        path: Path of a local file.

    Raises: BadZipFile if its list of entries and its entries differ in number or names.
    """
    archive = zipfile.ZipFile(path)
    try:
        with open(path, "rb") as file:
            entries = archive.infolist()
            if _stated_number(file) not in (len(entries), _UNSTATED):
                raise zipfile.BadZipFile("the number of entries is not the one that is stated")
            for entry in entries:
                if _name_at(file, entry.header_offset) != entry.orig_filename:
                    raise zipfile.BadZipFile(f"the entry {entry.filename!r} has another name")
    except BaseException:
        archive.close()
        raise
    return archive


def _stated_number(file):
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = file.read()
    return _END.unpack_from(tail, tail.rindex(b"PK\5\6", 0, len(tail) - _END.size + 4))[1]


def _name_at(file, offset):
    """The name in the header of an entry; None if there is no header."""
    file.seek(max(offset, 0))
    data = file.read(_HEADER.size)
    if len(data) < _HEADER.size:
        return None
    signature, flags, length, _ = _HEADER.unpack(data)
    if signature != b"PK\3\4":
        return None
    return file.read(length).decode("utf-8" if flags & _IN_UTF8 else "cp437")
