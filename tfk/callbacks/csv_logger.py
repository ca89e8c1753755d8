"""Logs of every epoch in a CSV file."""

import collections.abc
import csv
import os
import warnings

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.callbacks.log_file import LogFile
from tfk.typing import Logs, PathLike


class CSVLogger(Callback):
    """Callback that writes the logs of every epoch to a CSV file.

    The columns are `epoch` and the names in sorted order. If the first epoch has no validation,
    `val_` columns are added for the other names; missing values are `NA`. The file is created with
    the first row; with `append=True` its columns are kept.

    Args:
        filename: Path of the file.
        separator: Character between the values. Defaults to `","`.
        append: Whether to keep the rows of an existing file. Defaults to False.

    Raises: ValueError if `separator` is not a single character.

    >>> CSVLogger("training.csv").sep
    ','
    """

    keeps_files = True

    def __init__(self, filename: PathLike, separator: str = ",", append: bool = False):
        super().__init__()
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(
                f"CSVLogger: expected separator to be one character, got {separator!r}."
            )
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys = None
        self.writer = None
        self.log_file = LogFile(self.filename, append)

    def on_train_begin(self, logs: Logs | None = None):
        self.log_file = LogFile(self.filename, self.append)
        self.keys = None
        self.writer = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        logs = logs or {}
        if self.writer is None:
            self._start(logs)
        row = {"epoch": epoch, **{key: _cell(logs.get(key, "NA")) for key in self.keys}}
        self.writer.writerow(row)
        self.log_file.open().flush()

    def on_train_end(self, logs: Logs | None = None):
        self.log_file.close()
        self.writer = None

    def on_train_abort(self, error):
        self.on_train_end()

    def get_state(self):
        return {"size": self.log_file.size()}

    def set_state(self, state):
        self.log_file.resume(state["size"])

    def _start(self, logs):
        header = self.log_file.first_line()
        self.keys = header.split(self.sep)[1:] if header else _columns(logs)
        missing = sorted(set(logs) - set(self.keys))
        if missing:
            warnings.warn(
                f"CSVLogger: the columns of {self.filename} have no place for {missing}; they are"
                " left out."
            )
        self.writer = csv.DictWriter(
            self.log_file.open(), ["epoch", *self.keys], delimiter=self.sep
        )
        if not header:
            self.writer.writeheader()


def _columns(logs):
    names = sorted(logs)
    validated = any(name.startswith("val_") for name in names)
    return names if validated else [*names, *(f"val_{name}" for name in names)]


def _cell(value):
    plain = isinstance(value, str) or (isinstance(value, np.ndarray) and value.ndim == 0)
    if plain or not isinstance(value, collections.abc.Iterable):
        return value
    return f'"[{", ".join(map(str, value))}]"'
