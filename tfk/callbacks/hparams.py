"""Hyperparameters for TensorBoard's HParams tab."""

import hashlib
import json
import os
import time
from typing import Any

import numpy as np
import tensorflow as tf

from tfk.callbacks import summaries
from tfk.callbacks.callback import Callback
from tfk.typing import Logs, PathLike
from tfk.utils.protobuf_wire import message

SUCCESS, FAILURE = 1, 2
STRING, BOOL, NUMBER = 1, 2, 3
FOLDERS = ("train", "validation")


class HParams(Callback):
    """Callback that records hyperparameters, start and outcome of a run for TensorBoard's HParams
    tab.

    Use it together with `TensorBoard` and the same `log_dir`, one folder per run; the tab compares
    the runs of the parent folder.

    Args:
        log_dir: Folder of this run.
        hparams: Dict from names to numbers, strings or booleans.
        metrics: `TensorBoard` tags to show next to the hyperparameters. Defaults to
            `("validation/epoch_loss",)`.
        trial_id: Runs with the same id are repetitions of one trial; None groups runs with equal
            hyperparameters. Defaults to None.

    Raises: TypeError for a value of another type.

    >>> HParams("logs/run-1", {"units": 64, "optimizer": "adam"}).hparams["units"]
    64
    """

    keeps_files = True

    def __init__(
        self, log_dir: PathLike, hparams, metrics: Any = ("validation/epoch_loss",), trial_id=None
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.hparams = {str(name): _plain(name, value) for name, value in hparams.items()}
        self.metrics = tuple(metrics)
        self.trial_id = trial_id if trial_id is not None else _digest(self.hparams)
        self._writer = None

    def on_train_begin(self, logs: Logs | None = None):
        self._writer = tf.summary.create_file_writer(self.log_dir)
        infos = [
            message([(1, name), (4, _kind(value))]) for name, value in sorted(self.hparams.items())
        ]
        shown = [message([(1, message(zip((1, 2), _metric_name(tag))))]) for tag in self.metrics]
        now = time.time()
        experiment = message(
            [(3, now), *((4, info) for info in infos), *((5, metric) for metric in shown)]
        )
        values = [
            message([(1, name), (2, _value(value))]) for name, value in sorted(self.hparams.items())
        ]
        start = message([*((1, value) for value in values), (4, self.trial_id), (5, now)])
        self._write("experiment", message([(2, experiment)]))
        self._write("session_start_info", message([(3, start)]))
        self._writer.flush()

    def on_train_end(self, logs: Logs | None = None):
        self._end(SUCCESS)

    def on_train_abort(self, error):
        self._end(FAILURE)

    def _end(self, status):
        self._write("session_end_info", message([(4, message([(1, status), (2, time.time())]))]))
        self._writer.close()

    def _write(self, name, content):
        summary = summaries.Summary()
        summaries.add_plugin_data(summary, f"_hparams_/{name}", "hparams", content)
        with self._writer.as_default(), tf.summary.record_if(True):
            summaries.write(summary, step=0)


def _plain(name, value):
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, (bool, int, float, str)):
        raise TypeError(
            f"HParams: expected {name!r} to be a number, a string or a boolean, got {value!r}."
        )
    return value


def _kind(value):
    return BOOL if isinstance(value, bool) else STRING if isinstance(value, str) else NUMBER


def _value(value):
    """Encode a `google.protobuf.Value`: field 2 is a double, 3 a string, 4 a boolean."""
    if isinstance(value, bool):
        return message([(4, value)])
    return message([(3, value) if isinstance(value, str) else (2, float(value))])


def _metric_name(tag):
    """Return the folder of a tag and its name there: `validation/epoch_loss` is `epoch_loss` of
    `validation`.
    """
    folder, _, name = tag.partition("/")
    return (folder, name) if folder in FOLDERS else ("", tag)


def _digest(hparams):
    return hashlib.sha256(json.dumps(hparams, sort_keys=True).encode()).hexdigest()
