"""Files and folders that appear whole or not at all, whatever happens while they are written."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import tempfile


@contextlib.contextmanager
def replacing_file(path, sync=False):
    """Context that gives a temporary path beside `path` and moves the file written there into its place.

    A kill, an exception or a full disk leaves what was at `path` before as it was.

    Args:
        path: Path of a local file.
        sync: Wait until the data are on the disk, so that a power cut cannot lose them either. It takes as long
            as writing; else they are left to the system, as in any other program.

    >>> with replacing_file("/tmp/atomic_example.txt") as temporary:
    ...     _ = pathlib.Path(temporary).write_text("whole")
    """
    path = os.fspath(path)
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f".{os.path.basename(path)}.{os.getpid()}.tmp")
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
        parts: Names of what the new folder may hold. Anything else that lies in the old one is kept.
    """
    path = pathlib.Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = pathlib.Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
    temporary.chmod(0o755)
    try:
        yield str(temporary)
        if path.exists():
            _exchange(temporary, path)
            for entry in temporary.iterdir():
                if entry.name not in parts:
                    entry.rename(path / entry.name)
        else:
            temporary.rename(path)
    finally:
        _remove(temporary, parts)


def _remove(folder, parts):
    """Removes a folder with these parts; one that holds anything else stays."""
    for part in parts:
        entry = folder / part
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _exchange(first, second):
    """Swaps two folders: in one step where the system can, else by way of a third name."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of Linux
    if rename is not None and rename(here, os.fsencode(first), here, os.fsencode(second), swap) == 0:
        return
    aside = first.with_suffix(".old")
    second.rename(aside)
    first.rename(second)
    aside.rename(first)
