"""Moving freshly unpacked files to their place, in one step for every file or folder at the top."""

import os
import pathlib
import shutil

from tfk.utils.atomic import exchange


def place(fresh, target):
    """Move a file or folder to `target`, in one step.

    A folder that is there is replaced as a whole; files in it that the fresh one does not have are
    kept, since other archives or the user may have put them there. A link is replaced, not
    followed.

    Args:
        fresh: Path of the file or folder; a folder that was replaced is there afterwards.
        target: Where it goes.

    Raises: FileExistsError if a folder stands where a file belongs.
    """
    fresh, target = pathlib.Path(fresh), pathlib.Path(target)
    is_folder = target.is_dir() and not target.is_symlink()
    if fresh.is_file() and is_folder:
        raise FileExistsError(f"{target} is a folder, so no file can be unpacked there.")
    if fresh.is_file():
        os.replace(fresh, target)
    elif is_folder:
        _keep_others(target, fresh)
        exchange(fresh, target)
    else:
        target.unlink(missing_ok=True)
        os.rename(fresh, target)


def _keep_others(old, new):
    """Puts the files below `old` that `new` does not have there as well."""
    for entry in os.scandir(old):
        copy = new / entry.name
        if entry.is_dir(follow_symlinks=False):
            if copy.is_dir() or not copy.exists():
                copy.mkdir(exist_ok=True)
                _keep_others(pathlib.Path(entry.path), copy)
        elif not os.path.lexists(copy):
            try:
                os.link(entry.path, copy, follow_symlinks=False)
            except OSError:  # a file system without hard links
                shutil.copy2(entry.path, copy, follow_symlinks=False)


def has_content(path, source):
    """Return whether a regular file holds what can be read from a binary stream."""
    with open(path, "rb") as file:
        while True:
            block = source.read(2**20)
            if file.read(len(block) or 1) != block:
                return False
            if not block:
                return True
