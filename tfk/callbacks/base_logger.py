"""Epoch means of batch logs."""

import collections

from tfk.callbacks.callback import Callback
from tfk.typing import Logs


class BaseLogger(Callback):
    """Callback that adds batch log means, weighted by batch size, to the logs of an epoch.

    Models report such means automatically; this callback is for custom loops that call the hooks
    with `logs={"size": ..., "loss": ...}`.

    Args:
        stateful_metrics: Names of values that are not averaged. Defaults to None.

    >>> logger, logs = BaseLogger(), {}
    >>> logger.set_params({"metrics": ["loss"]})
    >>> logger.on_epoch_begin(0)
    >>> logger.on_batch_end(0, {"size": 3, "loss": 1.0})
    >>> logger.on_batch_end(1, {"size": 1, "loss": 5.0})
    >>> logger.on_epoch_end(0, logs); logs
    {'loss': 2.0}
    """

    def __init__(self, stateful_metrics=None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen, self.totals = 0, collections.Counter()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        self.seen, self.totals = 0, collections.Counter()

    def on_batch_end(self, batch: int, logs: Logs | None = None):
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size * logs.get("num_steps", 1)
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = value
            else:
                self.totals[name] += value * size

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        if logs is None:
            return
        for name in self.params.get("metrics", ()):
            if name in self.stateful_metrics and name in self.totals:
                logs[name] = self.totals[name]
            elif name in self.totals and self.seen:
                logs[name] = self.totals[name] / self.seen
