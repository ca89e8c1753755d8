"""Atomic writes of files and folders."""

import contextlib
import ctypes
import os
import pathlib
import shutil

from tfk.utils.temporaries import left_over, temporary_name

# Fails for what is there already, so that no planted link is written through.
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


@contextlib.contextmanager
def replacing_file(path, sync=False):
    """Context that gives a temporary path beside `path` and moves the file written there into its
    place.

    A kill, an exception or a full disk leaves what was at `path` before as it was. What a killed
    process did not finish is removed by the next one that writes to the same path. Where `path` is
    a link, the file that it leads to is replaced.

    Args:
        path: Path of a local file.
        sync: Wait until the data are on the disk, so that a power cut cannot lose them either. It
            takes as long as writing; else they are left to the system, as in any other program.
            Defaults to False.

    >>> with replacing_file("/tmp/atomic_example.txt") as temporary:
    ...     _ = pathlib.Path(temporary).write_text("whole")
    """
    path = os.path.realpath(path)
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, temporary_name(name))
    for entry in left_over(os.listdir(folder), name):
        with contextlib.suppress(OSError):  # another process removes it too, or it is a folder
            os.remove(os.path.join(folder, entry))
    os.close(os.open(temporary, CREATE, 0o666))
    try:
        yield temporary
        if sync:
            _bring_to_disk(temporary)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(temporary)


def _bring_to_disk(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def replacing_folder(path, parts):
    """Like `replacing_file` for a folder.

    Args:
        path: Path of a local folder.
        parts: Names of what the new folder may hold, the first of which says that a folder is such
            a one. Anything else in the old folder is kept.

    Raises: FileExistsError if there is something else at `path`: a file, or a folder with other
        files in it.
    """
    path = pathlib.Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / temporary_name(path.name)
    for entry in (temporary, *left_over(os.listdir(path.parent), path.name)):
        _clear(path.parent / entry, path, parts)
    _check_replaceable(path, parts[0])
    temporary.mkdir()
    try:
        yield str(temporary)
        if path.exists():
            exchange(temporary, path)
        else:
            temporary.rename(path)
    finally:
        _clear(temporary, path, parts)


def _check_replaceable(path, sign):
    if not path.exists():
        return
    if not path.is_dir():
        raise FileExistsError(f"{str(path)!r} is a file, so no folder can be written there.")
    others = sorted(os.listdir(path))
    if others and sign not in others:
        raise FileExistsError(
            f"{str(path)!r} is a folder that holds other files"
            f" ({', '.join(others[:3])}{', ...' * (len(others) > 3)}) and is not replaced. Give the"
            " name of a folder that does not exist yet."
        )
    if path.samefile("."):
        raise FileExistsError(
            f"{str(path)!r} is the working folder of this program, which cannot be replaced. Give"
            " the name of another one."
        )


def _clear(folder, path, parts):
    """Removes what is left of a replaced folder; anything in it besides these parts goes to the
    folder at `path`.
    """
    if folder.is_symlink():
        folder.unlink()
    if not folder.is_dir():
        return
    for part in parts:
        entry = folder / part
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            if not (path / entry.name).exists():
                entry.rename(path / entry.name)
        folder.rmdir()


def exchange(first, second):
    """Swap two folders: in one step where the system can, else by way of a third name."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of Linux
    if (
        rename is not None
        and rename(here, os.fsencode(first), here, os.fsencode(second), swap) == 0
    ):
        return
    aside = first.with_suffix(".old")
    second.rename(aside)
    first.rename(second)
    aside.rename(first)
