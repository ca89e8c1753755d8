"""Recorded logs of every epoch."""

from tfk.callbacks.callback import Callback
from tfk.typing import Logs

# Metric names used by older programs, and the names used in logs today.
OLD_NAMES = {
    "acc": "accuracy",
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "mean_squared_logarithmic_error": "msle",
}


class HistoryDict(dict):
    """The recorded values by name; a missing name is looked up under its other spelling.

    >>> HistoryDict({"val_accuracy": [0.9]})["val_acc"]
    [0.9]
    """

    def __missing__(self, name):
        prefix, stem = ("val_", name[4:]) if name.startswith("val_") else ("", name)
        spellings = {**OLD_NAMES, **{new: old for old, new in OLD_NAMES.items()}}
        other = prefix + spellings.get(stem, stem)
        if other in self:
            return self[other]
        raise KeyError(f"{name!r} was not recorded; available: {', '.join(map(repr, self))}")


class History(Callback):
    """Callback that records the logs of every epoch; `fit` adds one automatically and returns it.

    Attributes:
        history: Dict from the name of a quantity to the list of its values, one per epoch.
            `history["acc"]` finds values recorded as `"accuracy"`, and likewise for other old
            names.
        epoch: List of the recorded epoch indices.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(self):
        super().__init__()
        self.history = HistoryDict()

    def on_train_begin(self, logs: Logs | None = None):
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def get_state(self):
        return {"epoch": self.epoch, "history": self.history}

    def set_state(self, state):
        self.epoch = state["epoch"]
        self.history = HistoryDict(state["history"])
