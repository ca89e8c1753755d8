"""Stops training when the loss is not finite."""

import time

import numpy as np

from tfk.callbacks.bad_values import all_finite, where_bad
from tfk.callbacks.callback import Callback
from tfk.typing import Logs
from tfk.utils.interactive_logging import print_message

COPYING_SHARE = 0.005  # maximum fraction of training time spent on copies of good weights


class TerminateOnNaN(Callback):
    """Callback that stops training after the first NaN or infinite loss and reports its origin.

    The check runs inside the compiled loop and does not slow training down. The batch then runs
    again, layer by layer, with a recent copy of the weights, and the message names the first layer
    with a non-finite output; if all are finite, it reports whether loss, gradients or targets are
    bad, in this batch or the previous one, whose update may have corrupted the weights. If the
    batches are no longer available, as on several devices, the message names the first layer with a
    bad weight instead.

    >>> TerminateOnNaN.stops_at_bad_loss
    True
    """

    stops_at_bad_loss = True

    def __init__(self):
        super().__init__()
        self._good_weights = None
        self._started = self._copying = 0.0  # start of training, and the seconds spent on copies

    def on_train_begin(self, logs: Logs | None = None):
        self._started, self._copying = time.perf_counter(), 0.0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        now = time.perf_counter()
        if self._copying <= COPYING_SHARE * (now - self._started):
            weights = self.model.get_weights()
            if all_finite(weights):
                self._good_weights = weights
            self._copying += time.perf_counter() - now

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        loss = (logs or {}).get("loss")
        if loss is None or np.all(np.isfinite(loss)):
            return
        where = where_bad(self.model, self.model.fit_position.last_batches(), self._good_weights)
        value = float(np.sum(loss))
        print_message(f"\nBatch {batch}: the loss is {value}, terminating training. {where}")
        self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None):
        self._good_weights = None

    def on_train_abort(self, error):
        self._good_weights = None

    def batches_until_wake(self, mode):
        return None
