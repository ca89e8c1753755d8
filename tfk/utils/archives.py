"""Safe extraction of untrusted archives: checked first, then moved into place atomically."""

import contextlib
import gzip
import lzma
import os
import pathlib
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib

from tfk.utils.placing import has_content, place
from tfk.utils.temporaries import left_over, temporary_name
from tfk.utils.zip_entries import open_zip

LARGEST_UNPACKED = 64 * 2**30  # bytes
LARGEST_PADDING = 2**20  # bytes after the end mark of a tar archive
LARGEST_RATIO = 1100  # unpacked to packed; deflate itself cannot do better than 1032
FORMATS = ("tar", "zip", "gz")
DAMAGES = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    UnicodeError,
)


def extract_archive(path, folder, formats="auto"):
    """Unpack `path` into `folder`, after checking the names and sizes of all its members.

    The members are unpacked into a temporary folder within `folder`. Then each file or folder at
    the
    top of the archive is moved to its place in one step, so that a failure leaves nothing behind.
    Files with the names of members are replaced unless they have the same content, whatever put
    them there; links are not followed. Other files in the same folders are kept.

    Args:
        path: The archive.
        folder: Where its members go.
        formats: `"tar"` (plain, gzip, bzip2, xz), `"zip"`, `"gz"` (one compressed file, unpacked
            under its name without `.gz`), a list of these, `"auto"` for all of them, or None for
            none. Defaults to `"auto"`.

    Returns:
        Whether `path` is an archive of one of the formats.

    Raises: ValueError if a member is a link or device, has an absolute name or one with `..`,
        appears twice, or if the archive declares an absurd size or is damaged.
    """
    formats = (
        FORMATS
        if formats == "auto"
        else (formats,)
        if isinstance(formats, str)
        else tuple(formats or ())
    )
    if unknown := set(formats) - set(FORMATS):
        raise ValueError(
            f"extract_archive: expected formats among {FORMATS}, 'auto' or None, got"
            f" {sorted(unknown)}."
        )
    for name in formats:
        try:
            if not _READERS[name].matches(path):
                continue
            with _READERS[name](path) as reader:
                _unpack(reader, pathlib.Path(path), pathlib.Path(folder))
        except DAMAGES as error:
            if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
                raise  # the disk's fault, not the archive's
            raise ValueError(
                f"{path} is damaged: {error}. Delete it and download it again."
            ) from error
        return True
    return False


def check_member_name(archive, name):
    """Return the parts of a member's name, or raises ValueError if it could lead out of the
    folder.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    unsafe = (
        name.startswith("/")
        or ".." in parts
        or "\\" in name
        or "\0" in name
        or ":" in name.split("/")[0]
    )
    if unsafe or not parts:
        raise ValueError(
            f"{archive}: refusing to unpack the member {name!r}, whose name leads out of the"
            " folder."
        )
    return parts


def _unpack(reader, archive, folder):
    files = _checked_files(reader, archive)
    if _is_unpacked(reader, files, folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for entry in left_over(os.listdir(folder), archive.name):
        shutil.rmtree(folder / entry, ignore_errors=True)
    temporary = folder / temporary_name(archive.name)
    temporary.mkdir()
    try:
        for parts, source in reader.open_files():
            fresh = temporary.joinpath(*parts)
            fresh.parent.mkdir(parents=True, exist_ok=True)
            with source, open(fresh, "xb") as target:
                _copy_exactly(source, target, files[parts], archive, parts)
        for name in sorted({parts[0] for parts in files}):
            place(temporary / name, folder / name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _is_unpacked(reader, files, folder):
    """Whether every member is at its place with its content, reached through no link."""
    for parts, size in files.items():
        paths = [folder.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
        if any(path.is_symlink() for path in paths) or not paths[-1].is_file():
            return False
        if paths[-1].stat().st_size != size:
            return False
    for parts, source in reader.open_files():
        with source:
            if not has_content(folder.joinpath(*parts), source):
                return False
    return True


def _checked_files(reader, archive):
    """The sizes of the files by their names' parts, in the archive's order."""
    budget = min(LARGEST_UNPACKED, archive.stat().st_size * LARGEST_RATIO + 2**20)
    files, folders, total = {}, set(), 0
    for name, kind, size in reader.members():
        if kind == "folder" and name in ("", ".", "./"):
            continue
        parts = check_member_name(archive, name)
        if kind == "other":
            raise ValueError(
                f"{archive}: refusing to unpack {name!r}, which is a link or a device."
            )
        total += size
        if total > budget:
            raise ValueError(
                f"{archive}: refusing to unpack more than {budget} bytes; it claims {total} or"
                " more."
            )
        if kind == "folder":
            folders.add(parts)
            continue
        if parts == (archive.name,):
            raise ValueError(f"{archive}: refusing to unpack a member over the archive itself.")
        if parts in files:
            raise ValueError(f"{archive}: refusing to unpack {name!r}, which appears twice.")
        files[parts] = size
        folders.update(parts[:depth] for depth in range(1, len(parts)))
    if both := folders & files.keys():
        raise ValueError(
            f"{archive}: refusing to unpack {'/'.join(min(both))!r}, both a file and a folder."
        )
    return files


def _copy_exactly(source, target, size, archive, parts):
    """Copies a member; its true size must be the one that was checked."""
    left = size
    while block := source.read(min(2**20, left + 1)):
        left -= len(block)
        if left < 0:
            break
        target.write(block)
    if left:
        raise ValueError(
            f"{archive} is damaged: {'/'.join(parts)!r} is not {size} bytes long as declared."
        )


class _Tar(contextlib.AbstractContextManager):
    matches = staticmethod(tarfile.is_tarfile)

    def __init__(self, path):
        self._archive = tarfile.open(path)

    def members(self):
        for member in self._archive:  # yields a header before reading past what it announces
            kind = "file" if member.isreg() else "folder" if member.isdir() else "other"
            yield member.name, kind, member.size if member.isreg() else 0
        self._check_end()

    def _check_end(self):
        """What follows the last member is the end mark, not a damaged header, and the checksum of a
        compressed archive, which comes last, holds.
        """
        stream = self._archive.fileobj
        stream.seek(self._archive.offset)
        end = stream.read(tarfile.BLOCKSIZE + LARGEST_PADDING)
        if len(end) < tarfile.BLOCKSIZE or any(end[: tarfile.BLOCKSIZE]) or stream.read(1):
            raise tarfile.ReadError("the list of members ends without its end mark")

    def open_files(self):
        for member in self._archive:
            if member.isreg():
                yield (
                    check_member_name(self._archive.name, member.name),
                    self._archive.extractfile(member),
                )

    def __exit__(self, *_):
        self._archive.close()


class _Zip(contextlib.AbstractContextManager):
    matches = staticmethod(zipfile.is_zipfile)

    def __init__(self, path):
        self._archive = open_zip(path)

    def members(self):
        for info in self._archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)  # Unix file type; 0 where none was stored
            if info.is_dir():
                yield info.filename, "folder", 0
            else:
                yield (
                    info.filename,
                    "file" if kind in (0, stat.S_IFREG) else "other",
                    info.file_size,
                )

    def open_files(self):
        for info in self._archive.infolist():
            if not info.is_dir():
                yield (
                    check_member_name(self._archive.filename, info.filename),
                    self._archive.open(info),
                )

    def __exit__(self, *_):
        self._archive.close()


class _Gzip(contextlib.AbstractContextManager):
    """A single compressed file: its size is not in a header, so that it is measured by reading
    it.
    """

    def __init__(self, path):
        self._path = pathlib.Path(path)

    @staticmethod
    def matches(path):
        path = pathlib.Path(path)
        with open(path, "rb") as file:
            return (
                path.suffix == ".gz"
                and file.read(2) == b"\x1f\x8b"
                and not tarfile.is_tarfile(path)
            )

    def members(self):
        size = 0
        with gzip.open(self._path) as file:
            while block := file.read(2**20):
                size += len(block)
                if size > LARGEST_UNPACKED:
                    break
        yield self._path.stem, "file", size

    def open_files(self):
        yield (self._path.stem,), gzip.open(self._path)

    def __exit__(self, *_):
        pass


_READERS = {"tar": _Tar, "zip": _Zip, "gz": _Gzip}
