"""Early stopping: ends training when a quantity stops improving."""

from tfk.callbacks.callback import Callback
from tfk.callbacks.monitor import BETTER, WORST, read_monitor, resolve_mode
from tfk.typing import Logs
from tfk.utils.interactive_logging import print_message

STATE = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")


class EarlyStopping(Callback):
    """Callback that stops training after `patience` epochs without improvement of `monitor`.

    Args:
        monitor: Name of a quantity in the epoch logs. Defaults to `"val_loss"`.
        min_delta: Minimum change that counts as an improvement, at least 0. Defaults to 0.
        patience: Number of epochs without improvement to wait, at least 0. Defaults to 0.
        verbose: Whether to print (1) when training stops and which weights are restored. Defaults
            to 0.
        mode: `"min"`, `"max"`, or `"auto"`, which uses the metric's `higher_is_better` or its name.
            Defaults to `"auto"`.
        baseline: Value to beat before an improvement resets the counter. Defaults to None.
        restore_best_weights: Whether to restore the weights of the best epoch however training
            ends: by this callback, after the last epoch, by another callback, or by an exception
            such as an interrupt. Defaults to False.
        start_from_epoch: Number of initial epochs to ignore. Defaults to 0.

    Attributes: `best`, `best_epoch`, `wait` and `stopped_epoch` (0 if training was not stopped
        here).

    >>> EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True).patience
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int | str = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ):
        super().__init__()
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._reset()

    def _reset(self):
        self.direction = resolve_mode(self, self.monitor, self.mode, self.model)
        self.monitor_op = BETTER[self.direction]
        self.best = WORST[self.direction]
        self.best_epoch = 0
        self.best_weights = None
        self.wait = 0
        self.stopped_epoch = 0

    def on_train_begin(self, logs: Logs | None = None):
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        improved = self._is_improvement(current, self.best)
        if improved:
            self.best = current
        if improved or (self.restore_best_weights and self.best_weights is None):
            self.best_epoch = epoch
            self.best_weights = self.model.get_weights() if self.restore_best_weights else None
        if improved:
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None):
        if self.stopped_epoch > 0 and self.verbose > 0:
            print_message(f"Epoch {self.stopped_epoch + 1}: early stopping")
        self._restore()

    def on_train_abort(self, error):
        self._restore()

    def get_monitor_value(self, logs: Logs | None):
        """Return the monitored value in `logs`, or None with a warning."""
        return read_monitor(self, self.monitor, logs)

    def get_state(self):
        return {name: getattr(self, name) for name in STATE}

    def set_state(self, state):
        for name in STATE:
            setattr(self, name, state[name])

    def _is_improvement(self, value, reference):
        margin = self.min_delta if self.direction == "max" else -self.min_delta
        return self.monitor_op(value - margin, reference)

    def _restore(self):
        if self.best_weights is None:
            return
        if self.verbose > 0:
            print_message(
                f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}."
            )
        self.model.set_weights(self.best_weights)
