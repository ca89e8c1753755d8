"""`fit(dry_run=True)`: one batch of everything, then the original state."""

import random

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.callbacks.state_snapshot import restore_snapshot, take_snapshot
from tfk.utils.tensorflow_internals import operation_seeds, set_operation_seeds


class Rehearsal(Callback):
    """Callback that stops `fit` after one batch (and its validation) and restores the model.

    Weights, optimizer, metrics, random generators, history and the state of the other callbacks are
    restored, also if training fails. Callbacks that write files are skipped
    (`Callback.keeps_files`); their `rehearse` is called instead of their hooks.

    Args:
        callbacks: The callbacks of the training, a list.

    Attributes:
        taking_part: The callbacks to run, including this one.
    """

    runs_last = True
    needs_all_variables = True

    def __init__(self, callbacks):
        super().__init__()
        self.waiting = [callback for callback in callbacks if callback.keeps_files]
        self.taking_part = [callback for callback in callbacks if not callback.keeps_files] + [self]
        self._operation_seeds = operation_seeds()  # before fit draws random numbers
        self._before = None

    def set_model(self, model):
        self.model = model
        for callback in self.waiting:
            callback.set_model(model)

    def batches_until_wake(self, mode):
        return 1 if mode == "train" else None

    def on_train_begin(self, logs=None):
        self._before = {
            "model": take_snapshot(self.model),
            "python": random.getstate(),
            "numpy": np.random.get_state(),
        }

    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        for callback in self.waiting:
            callback.rehearse(epoch, dict(logs))

    def on_train_end(self, logs=None):
        self._put_back()

    def on_train_abort(self, error):
        if self._before is not None:
            self._put_back()

    def _put_back(self):
        restore_snapshot(self.model, self._before["model"])
        random.setstate(self._before["python"])
        np.random.set_state(self._before["numpy"])
        if self._operation_seeds is not None:
            set_operation_seeds(self._operation_seeds)
        self._before = None
        self.model.stop_training = False
