"""Logs of every epoch as JSON lines."""

import json
import os

from tfk.callbacks.callback import Callback
from tfk.callbacks.log_file import LogFile
from tfk.typing import Logs, PathLike


class JSONLogger(Callback):
    """Callback that writes the logs of every epoch as JSON lines: `{"epoch": 0, "loss": 0.5, ...}`.

    Non-finite values are written as null, so that every line is strict JSON.

    Args:
        filename: Path of the file, such as `"run/log.jsonl"`; created with the first line.
        append: Whether to keep the lines of an existing file. Defaults to False.

    >>> JSONLogger("log.jsonl", append=True).append
    True
    """

    keeps_files = True

    def __init__(self, filename: PathLike, append: bool = False):
        super().__init__()
        self.filename = os.fspath(filename)
        self.append = append
        self.log_file = LogFile(self.filename, append)

    def on_train_begin(self, logs: Logs | None = None):
        self.log_file = LogFile(self.filename, self.append)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        record = {"epoch": epoch, **{name: to_json(value) for name, value in (logs or {}).items()}}
        file = self.log_file.open()
        file.write(json.dumps(record, allow_nan=False) + "\n")
        file.flush()

    def on_train_end(self, logs: Logs | None = None):
        self.log_file.close()

    def on_train_abort(self, error):
        self.log_file.close()

    def get_state(self):
        return {"size": self.log_file.size()}

    def set_state(self, state):
        self.log_file.resume(state["size"])


def to_json(value):
    """Convert `value` to plain types: NumPy values become numbers and lists, NaN and infinities
    None.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
