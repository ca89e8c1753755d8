"""Fault tolerance: resumes interrupted training."""

import os
import random
import re
import time
import warnings
from typing import Any

import numpy as np

from tfk.callbacks.backup_files import BackupFiles
from tfk.callbacks.callback import Callback
from tfk.callbacks.preemption import Preemption
from tfk.callbacks.state_file import read_state, write_state
from tfk.callbacks.state_snapshot import restore_snapshot, take_snapshot
from tfk.saving.load_scopes import misfits_named
from tfk.typing import Logs, PathLike
from tfk.utils.checks import check_int, check_positive_int
from tfk.utils.interactive_logging import print_message

PARTS = {"position", "stop_training", "model", "callbacks", "random"}
UNITS = {"s": 1, "m": 60, "h": 3600}
PREEMPTION_CHECK_SECONDS = 1.0


class BackupAndRestore(Callback):
    """Callback that saves the state of training and resumes it when the same program runs again.

    A resumed run is bit-for-bit equal to an uninterrupted one. The backup contains the weights, the
    optimizer, the state of every random layer, the metrics, the order and position in the data, the
    history, the state of the callbacks (`Callback.get_state`), and the global random generators of
    Python and NumPy. Generators and other sources that cannot be fast-forwarded restart their
    epoch, with a warning; random TensorFlow operations without an op seed (`tf.random.normal`) keep
    state that cannot be read.

    Files are written to a temporary name and moved into place when complete, and the previous
    backup is kept, so a kill, a full disk or a truncated file costs at most the work since that
    backup.

    Args:
        backup_dir: Folder for the state, used by this training run only.
        save_freq: `"epoch"`, a number of batches, a time such as `"30s"`, `"10m"` or `"1h"`, or
            False for none (with `save_before_preemption`). Defaults to `"epoch"`.
        delete_checkpoint: Whether to delete the backup when training finishes. Defaults to True.
        save_before_preemption: Whether to save on SIGTERM, after the current batch, and exit with
            status 143. Defaults to False.

    Raises: ValueError if `save_freq` is invalid, or if the backup belongs to another model.

    >>> BackupAndRestore("/tmp/backup", save_freq="10m").seconds
    600.0
    """

    # Saves the effects of the other callbacks, and restores their state after they have
    # started.
    runs_last = True
    keeps_files = True

    def __init__(
        self,
        backup_dir: PathLike,
        save_freq: str | int | bool = "epoch",
        delete_checkpoint: bool = True,
        save_before_preemption: bool = False,
    ):
        super().__init__()
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.delete_checkpoint = delete_checkpoint
        self.save_before_preemption = save_before_preemption
        self.batches, self.seconds = _parse(self, save_freq)
        if not save_freq and not save_before_preemption:
            raise ValueError(
                "BackupAndRestore: nothing would be saved: pass save_freq or"
                " save_before_preemption=True."
            )
        self._files = None
        self._siblings = []
        self._epoch = 0
        self._save_after_epoch = False
        self._random_state = (
            None  # of Python and NumPy, restored once the data have been fast-forwarded
        )
        self._preemption = Preemption()
        self._first_batch = 0  # of the running chunk
        self._batches_since_save = 0
        self._saved_at = 0.0

    def set_model(self, model):
        self.model = model
        self._files = BackupFiles(self.backup_dir, model)

    def set_siblings(self, callbacks: Any):
        self._siblings = [callback for callback in callbacks if callback is not self]

    @property
    def needs_all_variables(self):
        return bool(self._files.all())

    # When -----------------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        if mode != "train" or self.batches is None:
            return None
        return max(self.batches - self._batches_since_save, 1)

    def seconds_between_wakes(self, mode):
        if mode != "train":
            return None
        waits = [PREEMPTION_CHECK_SECONDS] if self.save_before_preemption else []
        if self.seconds is not None:
            waits.append(max(self.seconds - (time.monotonic() - self._saved_at), 0.01))
        return min(waits, default=None)

    def on_train_begin(self, logs: Logs | None = None):
        self._batches_since_save = 0
        self._saved_at = time.monotonic()
        if self.save_before_preemption:
            self._preemption.watch()
        if self._files.own is not None and (
            self.seconds is not None or self.save_before_preemption
        ):
            raise ValueError(
                "BackupAndRestore: several workers have to save after the same batches; pass"
                " save_freq='epoch' or a number of batches, without save_before_preemption."
            )
        self._restore()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        self._epoch = epoch
        if self._random_state is not None:
            _set_random_state(self._random_state)
            self._random_state = None

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        self._first_batch = batch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        self._batches_since_save += batch + 1 - self._first_batch
        by_count = self.batches is not None and self._batches_since_save >= self.batches
        by_time = self.seconds is not None and time.monotonic() - self._saved_at >= self.seconds
        if not (by_count or by_time or self._preemption.noticed):
            return
        if batch + 1 == self.params.get("steps"):  # only the validation of the epoch is left
            self._save_after_epoch = True
            return
        self._save(self._epoch, batch + 1)
        self._preemption.leave_if_noticed()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        if self.save_freq == "epoch" or self._save_after_epoch or self._preemption.noticed:
            self._save_after_epoch = False
            self._save(epoch + 1, 0)
        self._preemption.leave_if_noticed()

    def on_train_end(self, logs: Logs | None = None):
        self._preemption.stop_watching()
        if self.delete_checkpoint:
            self._files.remove()

    def on_train_abort(self, error):
        self._preemption.stop_watching()

    # What -----------------------------------------------------------------------------------------

    def _save(self, epoch, step):
        state = {
            "position": {
                "epoch": epoch,
                "step": step,
                "shuffle_seed": self.model.fit_position.shuffle_seed,
            },
            "stop_training": bool(self.model.stop_training),
            "model": take_snapshot(self.model),
            "callbacks": {key: callback.get_state() for key, callback in _keyed(self._siblings)},
            "random": {"python": random.getstate(), "numpy": np.random.get_state(legacy=True)},
        }
        write_state(self._files.next(), state)
        self._files.drop_old()
        self._batches_since_save = 0
        self._saved_at = time.monotonic()

    def _restore(self):
        state = self._newest_state()
        if state is not None:
            with misfits_named("BackupAndRestore: the saved state"):
                self._set_state(state)

    def _set_state(self, state):
        restore_snapshot(self.model, state["model"])
        self._restore_callbacks(state["callbacks"])
        self._random_state = state["random"]
        position = self.model.fit_position
        saved = state["position"]
        for name in ("epoch", "step", "shuffle_seed"):
            setattr(position, name, check_int(self, name, saved[name], minimum=0))
        if state["stop_training"]:  # killed between the decision to stop and the end
            position.epoch, position.step = max(position.epoch, self.params["epochs"]), 0
        started = position.epoch > 0 or position.step > 0
        if started and not position.resumable:
            warnings.warn(
                "BackupAndRestore: the model is as it was, but the data come from a generator or"
                " another source that restarts, so that this run will differ from an uninterrupted"
                " one. Use arrays, a tf.data.Dataset or a utils.Sequence to have it resume exactly."
            )
        if self.params.get("verbose"):
            print_message(
                f"BackupAndRestore: resuming at epoch {position.epoch + 1}, batch"
                f" {position.step + 1}."
            )

    def _restore_callbacks(self, states):
        without = []
        for key, callback in _keyed(self._siblings):
            if states.get(key) is not None:
                with misfits_named(f"BackupAndRestore: the saved state of {key}", ValueError):
                    callback.set_state(states[key])
            elif not type(callback).__module__.startswith("tfk."):
                without.append(type(callback).__name__)
        if without:
            warnings.warn(
                f"BackupAndRestore: {', '.join(without)} restart, because the backup holds no state"
                " for them. Callbacks that remember something between epochs should define"
                " get_state and set_state."
            )

    def _newest_state(self):
        for path in reversed(self._files.complete()):
            try:
                state = read_state(path)
                if missing := PARTS - state.keys():
                    raise ValueError(f"{path} is not a saved state: {sorted(missing)} are missing.")
                return state
            except ValueError as error:
                if self._files.own is not None:
                    raise  # the other workers would resume from another backup
                warnings.warn(f"BackupAndRestore: {error} Trying the backup before it.")
        return None


def _parse(owner, save_freq):
    """Return `(batches, seconds)` of a `save_freq`, each None if not specified."""
    if save_freq == "epoch" or not save_freq:
        return None, None
    if isinstance(save_freq, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", save_freq)
        if not match:
            raise ValueError(
                "BackupAndRestore: expected save_freq to be 'epoch', a number of batches or a time"
                f" such as '30s', '10m' or '1h', got {save_freq!r}."
            )
        return None, float(match[1]) * UNITS[match[2]]
    return check_positive_int(owner, "save_freq", save_freq), None


def _set_random_state(state):
    with misfits_named("BackupAndRestore: the saved state of random generators", ValueError):
        version, internal, gauss = state["python"]
        random.setstate((version, tuple(internal), gauss))
        np.random.set_state(tuple(state["numpy"]))


def _keyed(callbacks):
    """Return callbacks with keys that are stable across processes: class name and occurrence."""
    counts = {}
    for callback in callbacks:
        name = type(callback).__name__
        counts[name] = counts.get(name, -1) + 1
        yield f"{name}-{counts[name]}", callback
