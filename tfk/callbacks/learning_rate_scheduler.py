"""Learning rate as a function of the epoch."""

import inspect

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.callbacks.learning_rate import (
    check_learning_rate,
    read_learning_rate,
    write_learning_rate,
)
from tfk.typing import Logs
from tfk.utils.interactive_logging import print_message


class LearningRateScheduler(Callback):
    """Callback that sets the learning rate at the start of every epoch and logs it as `lr`.

    Args:
        schedule: Function of `(epoch, learning_rate)`, or only `(epoch)`, that returns the new
            rate.
        verbose: Whether to print (1) the rate of every epoch. Defaults to 0.

    Raises: ValueError if the schedule does not return a real number.

    >>> LearningRateScheduler(lambda epoch, rate: rate * 0.9 if epoch > 10 else rate).verbose
    0
    """

    def __init__(self, schedule, verbose: int | str = 0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose
        self._epoch = None  # epoch for which the rate was last set
        self._restored_epoch = None

    def on_train_begin(self, logs: Logs | None = None):
        self._restored_epoch = None
        check_learning_rate(self)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        if (
            epoch == self._restored_epoch
        ):  # resumed inside this epoch: its rate was restored with the optimizer
            return
        self._epoch = epoch
        if _takes_two(self.schedule):
            rate = self.schedule(epoch, float(read_learning_rate(self.model)))
        else:
            rate = self.schedule(epoch)
        value = np.asarray(rate)
        if value.size != 1 or value.dtype.kind not in "fiu":
            raise ValueError(
                "LearningRateScheduler: expected schedule to return one real number, "
                f"got {rate!r} for epoch {epoch}."
            )
        write_learning_rate(self.model, float(value.item()))
        if self.verbose > 0:
            print_message(
                f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to"
                f" {value.item()}."
            )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        if logs is not None:
            logs["lr"] = read_learning_rate(self.model)

    def get_state(self):
        return {"epoch": self._epoch}

    def set_state(self, state):
        self._epoch = self._restored_epoch = state["epoch"]


def _takes_two(schedule):
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True
