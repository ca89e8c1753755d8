"""Learning rate reduction when a quantity stops improving."""

import warnings

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.callbacks.learning_rate import (
    check_learning_rate,
    read_learning_rate,
    write_learning_rate,
)
from tfk.callbacks.monitor import WORST, read_monitor, resolve_mode
from tfk.typing import Logs
from tfk.utils.interactive_logging import print_message

STATE = ("best", "wait", "cooldown_counter")


class ReduceLROnPlateau(Callback):
    """Callback that multiplies the learning rate by `factor` after `patience` epochs without
    improvement.

    The rate is logged as `lr`.

    Args:
        monitor: Name of a quantity in the epoch logs. Defaults to `"val_loss"`.
        factor: Factor of the learning rate, below 1. Defaults to 0.1.
        patience: Number of epochs without improvement to wait. Defaults to 10.
        verbose: Whether to print (1) every reduction. Defaults to 0.
        mode: `"min"`, `"max"`, or `"auto"`, which uses the metric's `higher_is_better` or its name.
            Defaults to `"auto"`.
        min_delta: Minimum change that counts as an improvement. Defaults to 0.0001.
        cooldown: Number of epochs to ignore after a reduction. Defaults to 0.
        min_lr: Lower bound of the learning rate. Defaults to 0.
        **kwargs: Deprecated: `epsilon`, the old name of `min_delta`.

    Raises: ValueError if `factor` is 1 or more; TypeError for unknown arguments.

    >>> ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=5, min_lr=1e-5).in_cooldown()
    False
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int | str = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
        **kwargs,
    ):
        super().__init__()
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau: expected factor to be below 1, got {factor!r}.")
        if "epsilon" in kwargs:
            warnings.warn(
                "ReduceLROnPlateau: epsilon is the old name of min_delta.", DeprecationWarning
            )
            min_delta = kwargs.pop("epsilon")
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau: unknown arguments {sorted(kwargs)}.")
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.min_delta = min_delta
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._reset()

    def _reset(self):
        self.direction = resolve_mode(self, self.monitor, self.mode, self.model)
        self.best = WORST[self.direction]
        self.cooldown_counter = 0
        self.wait = 0

    def monitor_op(self, value, reference):
        """Return whether `value` is better than `reference` by more than `min_delta`."""
        if self.direction == "max":
            return np.greater(value, reference + self.min_delta)
        return np.less(value, reference - self.min_delta)

    def in_cooldown(self):
        """Return whether the last reduction is so recent that epochs are ignored."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs | None = None):
        self._reset()
        check_learning_rate(self)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        rate = read_learning_rate(self.model)
        if logs is not None:
            logs["lr"] = rate
        current = read_monitor(self, self.monitor, logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.monitor_op(current, self.best):
            self.best, self.wait = current, 0
            return
        self.wait += not self.in_cooldown()
        if (
            self.wait >= max(self.patience, 1)
            and not self.in_cooldown()
            and rate > np.float32(self.min_lr)
        ):
            self._reduce(epoch, rate)

    def _reduce(self, epoch, rate):
        rate = max(rate * self.factor, self.min_lr)
        write_learning_rate(self.model, rate)
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose > 0:
            print_message(
                f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}."
            )

    def get_state(self):
        return {name: getattr(self, name) for name in STATE}

    def set_state(self, state):
        for name in STATE:
            setattr(self, name, state[name])
