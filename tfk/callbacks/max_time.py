"""Time limit for training."""

import time

from tfk.callbacks.callback import Callback
from tfk.typing import Logs
from tfk.utils.checks import check_number
from tfk.utils.interactive_logging import print_message

LONGEST_STRETCH = 1.0
SHORTEST_STRETCH = 0.02


class MaxTime(Callback):
    """Callback that stops training after a wall-clock time, also inside an epoch.

    Args:
        seconds: Time limit of one call of `fit`, in seconds.
        verbose: Whether to print (1) when the limit is reached. Defaults to 0.
        clock: Function that returns the time in seconds; for tests. Defaults to `time.monotonic`.

    >>> MaxTime(3600).seconds
    3600
    """

    def __init__(self, seconds: float, verbose: int | str = 0, clock=time.monotonic):
        super().__init__()
        self.seconds = check_number(self, "seconds", seconds, minimum=0)
        self.verbose = verbose
        self.clock = clock
        self.deadline = None

    def seconds_between_wakes(self, mode):
        if mode != "train" or self.deadline is None:
            return None
        return min(max(self.deadline - self.clock(), SHORTEST_STRETCH), LONGEST_STRETCH)

    def batches_until_wake(self, mode):
        return None

    def on_train_begin(self, logs: Logs | None = None):
        self.deadline = self.clock() + self.seconds

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        self._check(f"batch {batch + 1}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        self._check(f"epoch {epoch + 1}")

    def on_train_end(self, logs: Logs | None = None):
        self.deadline = None

    def _check(self, where):
        if self.clock() < self.deadline or self.model.stop_training:
            return
        self.model.stop_training = True
        if self.verbose > 0:
            print_message(f"\nMaxTime: {self.seconds} s are over after {where}, training stops.")
