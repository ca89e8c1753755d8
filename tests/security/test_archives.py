"""Archives whose bytes are damaged one by one: each is read as before, or refused."""

import io
import pathlib
import shutil
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from tfk.callbacks.state_file import read_state, write_state
from tfk.utils.archives import extract_archive
from tfk.utils.zip_entries import open_zip

FILES = {"a.txt": b"one" * 20, "b/c.txt": b"two", "b/empty": b"", "b/\xe9": b"three"}


def write_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)


def write_tar(path):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def extracted(path):
    out = path.parent / "out"
    try:
        if not extract_archive(path, out):
            raise ValueError("no archive")
        files = (file for file in out.rglob("*") if file.is_file())
        return {str(file.relative_to(out)): file.read_bytes() for file in files}
    finally:
        shutil.rmtree(out, ignore_errors=True)


def write_backup(path):
    write_state(path, {"step": 3, "values": [np.arange(3), "text"]})


def start_of_list(content):
    return content.index(b"PK\1\2")


# How each is written and read, and where what is damaged begins.
FORMATS = {
    "a.zip": (write_zip, extracted, start_of_list),
    "a.tar.gz": (write_tar, extracted, lambda content: 0),
    "backup": (write_backup, lambda path: repr(read_state(path)), start_of_list),
}


@pytest.mark.parametrize("name", FORMATS)
def test_no_damaged_byte_changes_what_is_read(tmp_path, name):
    write, read, start = FORMATS[name]
    path = tmp_path / name
    write(path)
    good, expected = path.read_bytes(), read(path)
    refused = 0
    for place in range(start(good), len(good)):
        for value in {ord("/"), good[place] ^ 1} - {good[place]}:
            path.write_bytes(good[:place] + bytes([value]) + good[place + 1 :])
            try:
                found = read(path)
            except ValueError:
                refused += 1
            else:
                assert found == expected, (place, value)
    assert refused


def test_lists_longer_than_a_count_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(2**16 + 1):
            archive.writestr(str(number), b"")
    with open_zip(tmp_path / "a.zip") as archive:
        assert len(archive.infolist()) == 2**16 + 1


def test_a_tar_archive_that_is_cut_between_members_is_refused(tmp_path):
    write_tar(tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        second = archive.getmembers()[1].offset
        archive.fileobj.seek(0)
        content = archive.fileobj.read()
    path = pathlib.Path(tmp_path, "b.tar")
    for tail in (b"", b"x" * 512, content[second : second + 100]):
        path.write_bytes(content[:second] + tail)
        with pytest.raises(ValueError, match="end mark|damaged"):
            extract_archive(path, tmp_path / "out")
    path.write_bytes(content)
    assert set(extracted(path)) == set(FILES)


def test_an_entry_hidden_in_a_comment_is_missed(tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path)
    data = bytearray(path.read_bytes())
    first, second = (data.index(b"PK\1\2", at) for at in (0, data.index(b"PK\1\2") + 4))
    data[first + 32 : first + 34] = struct.pack("<H", data.index(b"PK\1\2", second + 4) - second)
    path.write_bytes(data)
    with pytest.raises(ValueError, match="number of entries"):
        extract_archive(path, tmp_path / "out")
