"""Locks of folders, so that processes that write the same files take turns."""

import contextlib
import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextlib.contextmanager
def folder_lock(folder, shared=False):
    """Context in which no other process holds the lock of a folder.

    The system releases the lock of a process that ends. Without effect for folders that cannot be
    locked, such as those of remote file systems.

    Args:
        folder: Path of the folder.
        shared: True allows others that also only read.
    """
    try:
        descriptor = os.open(folder or ".", os.O_RDONLY) if fcntl else None
    except OSError:
        descriptor = None
    if descriptor is None:
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
