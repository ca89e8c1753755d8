"""Saves the model, or its weights, during training."""

import os
import re
import warnings
from typing import Any

import tensorflow as tf

from tfk.callbacks.callback import Callback
from tfk.callbacks.distributed_paths import drop_unwanted, writable_path
from tfk.callbacks.logs import to_numbers
from tfk.callbacks.monitor import BETTER, WORST, read_monitor, resolve_mode
from tfk.callbacks.saved_paths import delete_saved, newest_match, path_pattern
from tfk.typing import Logs, PathLike
from tfk.utils.checks import check_number, check_positive_int
from tfk.utils.interactive_logging import print_message

SUFFIXES = (".weights.h5", ".keras", ".h5", ".hdf5")
NUMBERS = ("best", "epochs_since_last_save", "_batches_since_save")


class ModelCheckpoint(Callback):
    """Callback that saves the model at the end of epochs or every few batches: always, or only if
        it improved.

    Files are replaced atomically: an interruption leaves either the previous file or the new one.

    Args:
        filepath: Path, with optional placeholders such as `{epoch:02d}` (from 1), `{batch}` (from
            1) and names in the logs. The extension selects the format: `.keras`, `.h5`, or a
            SavedModel folder without one; for weights `.weights.h5`, `.h5`, or a TensorFlow
            checkpoint without one.
        monitor: Name of the quantity to monitor. Defaults to `"val_loss"`.
        verbose: Whether to print (1) what is saved. Defaults to 0.
        save_best_only: Whether to save only improvements. Defaults to False.
        save_weights_only: Whether to call `model.save_weights` instead of `model.save`. Defaults to
            False.
        mode: `"min"`, `"max"`, or `"auto"`, which uses the metric's `higher_is_better` or its name.
            Defaults to `"auto"`.
        save_freq: `"epoch"`, or a number of batches. Defaults to `"epoch"`.
        options: `tf.train.CheckpointOptions` for weights, `tf.saved_model.SaveOptions` for models.
            Defaults to None.
        initial_value_threshold: Value that the first saved model has to beat. Defaults to None.
        save_top_k: Number of best files to keep; others are deleted. `filepath` needs placeholders
            if it exceeds 1. Defaults to None.
        save_last: Whether to also keep the newest state as `last` with the same extension. Defaults
            to False.
        **kwargs: Deprecated: `period` (epochs between saves) and `load_weights_on_restart`.

    Raises: ValueError or TypeError if arguments are invalid or incompatible; KeyError for a
        placeholder without a value.

    >>> ModelCheckpoint("best.keras", save_best_only=True, save_last=True).last_path
    'last.keras'
    """

    keeps_files = True

    def __init__(
        self,
        filepath: PathLike,
        monitor: str = "val_loss",
        verbose: int | str = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int | bool = "epoch",
        options: Any = None,
        initial_value_threshold: float | None = None,
        save_top_k=None,
        save_last: bool = False,
        **kwargs,
    ):
        super().__init__()
        self.filepath = os.fspath(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.mode = mode
        if isinstance(save_freq, str) and save_freq != "epoch":
            raise ValueError(
                f"ModelCheckpoint: expected save_freq to be 'epoch' or a number of batches, got"
                f" {save_freq!r}."
            )
        self.save_freq = (
            save_freq if save_freq == "epoch" else check_positive_int(self, "save_freq", save_freq)
        )
        self.options = _checked_options(self, options)
        self.initial_value_threshold = initial_value_threshold
        self.save_top_k = (
            save_top_k if save_top_k is None else check_positive_int(self, "save_top_k", save_top_k)
        )
        self.save_last = save_last
        self.period, self.load_weights_on_restart = _old_arguments(kwargs)
        if (save_top_k or 1) > 1 and not re.search(r"{\w", self.filepath):
            raise ValueError(
                f"ModelCheckpoint: save_top_k={save_top_k} needs a placeholder in"
                f" filepath={filepath!r}, or every file overwrites the one before. Put in"
                " {epoch}."
            )
        self.direction = resolve_mode(self, monitor, mode)
        self.best = (
            WORST[self.direction] if initial_value_threshold is None else initial_value_threshold
        )
        self.top = []  # [value, path] of the files kept, best first
        self.epochs_since_last_save = 0
        self._batches_since_save = 0
        self._first_batch = 0  # of the running chunk
        self._current_epoch = 0

    @property
    def last_path(self):
        """Path of the copy kept by `save_last`."""
        return os.path.join(os.path.dirname(self.filepath), f"last{_suffix(self.filepath)}")

    # When -----------------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        if mode != "train" or self.save_freq == "epoch":
            return None
        return max(self.save_freq - self._batches_since_save, 1)

    def on_train_begin(self, logs: Logs | None = None):
        direction = resolve_mode(self, self.monitor, self.mode, self.model)
        if direction != self.direction:  # the metric takes precedence over its name
            self.direction = direction
            if self.initial_value_threshold is None:
                self.best = WORST[direction]
        if self.load_weights_on_restart:
            self._load_newest()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        self._current_epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        self._first_batch = batch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        if self.save_freq == "epoch":
            return
        self._batches_since_save += batch + 1 - self._first_batch
        if self._batches_since_save >= self.save_freq:
            self._batches_since_save = 0
            self._save_model(self._current_epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        self.epochs_since_last_save += 1
        if self.save_freq == "epoch" and self.epochs_since_last_save >= self.period:
            self.epochs_since_last_save = 0
            self._save_model(epoch, None, logs)

    def get_state(self):
        return {**{name: getattr(self, name) for name in NUMBERS}, "top": self.top}

    def set_state(self, state):
        """Restore the result of `get_state`.

        A state never names files to delete: paths that `filepath` cannot produce are dropped.
        """
        for name in NUMBERS:
            setattr(self, name, check_number(self, name, state[name]))
        pattern = path_pattern(self.filepath)
        self.top, foreign = [], []
        for value, path in state["top"]:
            value = check_number(self, "top", value)
            if isinstance(path, str) and pattern.fullmatch(path):
                self.top.append([value, path])
            else:
                foreign.append(path)
        if foreign:
            warnings.warn(
                f"ModelCheckpoint: the saved state names {foreign[:3]}, which"
                f" filepath={self.filepath!r} does not yield. These files are left alone."
            )

    def rehearse(self, epoch: int, logs: Logs | None):
        path = self._get_file_path(epoch, None if self.save_freq == "epoch" else 0, logs)
        if self.save_best_only or self.save_top_k:
            read_monitor(self, self.monitor, logs)
        trial = os.path.join(os.path.dirname(path), f"dry-run{_suffix(path)}")
        new_folder = _first_missing(os.path.dirname(path))
        try:
            self._write(trial)
        finally:
            if new_folder is not None and tf.io.gfile.isdir(new_folder):
                tf.io.gfile.rmtree(new_folder)
            delete_saved(trial)

    # What -----------------------------------------------------------------------------------------

    def _save_model(self, epoch, batch, logs):
        logs = to_numbers(logs)
        path = self._get_file_path(epoch, batch, logs)
        if self.save_best_only or self.save_top_k:
            self._save_if_good(epoch, path, logs)
        else:
            self._tell(epoch, f"saving model to {path}")
            self._write(path)
        if self.save_last:
            self._write(self.last_path)

    def _save_if_good(self, epoch, path, logs):
        current = read_monitor(self, self.monitor, logs)
        if current is None:
            return
        better = BETTER[self.direction]
        improved = better(current, self.best)
        full = len(self.top) >= (self.save_top_k or 1)
        if not improved and (
            self.save_best_only or (full and not better(current, self.top[-1][0]))
        ):
            self._tell(epoch, f"{self.monitor} did not improve from {self.best:.5f}")
            return
        self._tell(
            epoch,
            f"{self.monitor} improved from {self.best:.5f} to {current:.5f}, saving model to"
            f" {path}",
        )
        self._write(path)
        if improved:
            self.best = current
        if self.save_top_k:
            self._keep_top(current, path)

    def _keep_top(self, value, path):
        kept = [entry for entry in self.top if entry[1] != path] + [[value, path]]
        kept.sort(
            key=lambda entry: entry[0], reverse=self.direction == "max"
        )  # stable: the older of equal values stays
        self.top, dropped = kept[: self.save_top_k], kept[self.save_top_k :]
        for _, old in dropped:
            delete_saved(old)

    def _write(self, path):
        path = writable_path(self.model, path)
        if os.path.dirname(path):
            tf.io.gfile.makedirs(os.path.dirname(path))
        save = self.model.save_weights if self.save_weights_only else self.model.save
        takes_options = self.options is not None and not _suffix(path)
        save(path, overwrite=True, **({"options": self.options} if takes_options else {}))
        drop_unwanted(self.model, path)

    def _get_file_path(self, epoch, batch, logs):
        values = {"epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1}), **logs}
        try:
            return self.filepath.format(**values)
        except KeyError as error:
            late = str(error.args[0]).startswith("val_") and self.save_freq != "epoch"
            hint = " val_ values exist only when an epoch ends: pass save_freq='epoch'."
            raise KeyError(
                f"ModelCheckpoint: filepath={self.filepath!r} needs {error}, there are only"
                f" {sorted(values)}.{hint if late else ''}"
            ) from None

    def _tell(self, epoch, text):
        if self.verbose > 0:
            print_message(f"\nEpoch {epoch + 1}: {text}")

    def _load_newest(self):
        """Load the newest file whose name matches `filepath`, if there is one."""
        newest = self._get_most_recently_modified_file_matching_pattern(self.filepath)
        if newest is not None:
            self.model.load_weights(newest)

    # A name that subclasses call.
    _get_most_recently_modified_file_matching_pattern = staticmethod(newest_match)


def _first_missing(folder):
    """Return the outermost parent folder of a path that does not exist, or None."""
    missing = None
    while folder and not tf.io.gfile.exists(folder):
        missing, folder = folder, os.path.dirname(folder)
    return missing


def _suffix(path):
    return next((suffix for suffix in SUFFIXES if path.endswith(suffix)), "")


def _checked_options(owner, options):
    kind = tf.train.CheckpointOptions if owner.save_weights_only else tf.saved_model.SaveOptions
    if options is None:
        return None
    if not isinstance(options, kind):
        raise TypeError(
            f"ModelCheckpoint: with save_weights_only={owner.save_weights_only} expected options to"
            f" be a {kind.__name__} or None, got {options!r}."
        )
    if owner.filepath.endswith(".keras"):
        raise ValueError(
            "ModelCheckpoint: files that end in .keras take no options. Leave options out, or the"
            " ending."
        )
    return options


def _old_arguments(kwargs):
    period, load = kwargs.pop("period", 1), kwargs.pop("load_weights_on_restart", False)
    if kwargs:
        raise TypeError(f"ModelCheckpoint: unknown arguments {sorted(kwargs)}.")
    if period != 1:
        warnings.warn("ModelCheckpoint: period is deprecated, use save_freq.", DeprecationWarning)
    if load:
        warnings.warn(
            "ModelCheckpoint: load_weights_on_restart is deprecated, use BackupAndRestore or"
            " load_weights.",
            DeprecationWarning,
        )
    return period, load
