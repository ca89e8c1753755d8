"""Numbered files of saved training states, of which the newest two are kept."""

import os
import re

from tfk.callbacks.distributed_paths import workers_of
from tfk.utils.workers import least

KEPT_GENERATIONS = 2
FILE_NAME = re.compile(r"training-state-(\d+)\.zip")
LEFT_OVER = re.compile(rf"\.{FILE_NAME.pattern}\..+\.tmp")


class BackupFiles:
    """Files of this process; each worker of a cluster has a separate folder in `backup_dir`.

    Args:
        backup_dir: The folder.
        model: The model in training, whose strategy determines the workers.
    """

    def __init__(self, backup_dir, model):
        self.backup_dir, self.strategy = backup_dir, getattr(model, "distribute_strategy", None)
        _, self.own = workers_of(model)
        self.folder = backup_dir if self.own is None else os.path.join(backup_dir, self.own)

    def all(self, pattern=FILE_NAME):
        """Return the paths of the saved states of this process, oldest first.

        Folders and links with such names are ignored: this class never creates any.
        """
        entries = os.scandir(self.folder) if os.path.isdir(self.folder) else ()
        files = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        numbered = sorted(_numbered(files, pattern))
        return [os.path.join(self.folder, name) for _, name in numbered]

    def complete(self):
        """Return the states that every worker has, oldest first; delete newer ones of this worker.

        Workers train in lockstep, so one may be at most one backup ahead of another. They exchange
        lists, because their folders may be on different machines.
        """
        files = self.all()
        newest = least(self.strategy, _number(files[-1]) if files else -1)
        ahead = [path for path in files if _number(path) > newest]
        if len(ahead) > 1:
            return files  # not from one run: `fit` compares where the workers resume and reports it
        for path in ahead:
            os.remove(path)
        return files[: len(files) - len(ahead)]

    def next(self):
        """Return the path of the next file, in an existing folder."""
        os.makedirs(self.folder, exist_ok=True)
        taken = [number for number, _ in _numbered(os.listdir(self.folder), FILE_NAME)]
        number = max(taken, default=-1) + 1
        return os.path.join(self.folder, f"training-state-{number}.zip")

    def drop_old(self):
        """Delete all but the newest files."""
        for path in self.all()[:-KEPT_GENERATIONS]:
            os.remove(path)

    def remove(self):
        """Delete all files, including unfinished ones, and the folder of a worker."""
        for path in [*self.all(), *self.all(LEFT_OVER)]:
            os.remove(path)
        if self.folder != self.backup_dir and os.path.isdir(self.folder):
            os.rmdir(self.folder)


def _numbered(names, pattern):
    """Return pairs of number and name for `names` of saved states."""
    matches = map(pattern.fullmatch, names)
    return [(int(match[1]), match[0]) for match in matches if match]


def _number(path):
    return int(FILE_NAME.fullmatch(os.path.basename(path))[1])
