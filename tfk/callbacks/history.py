"""Records what every epoch reported."""

from tfk.callbacks.callback import Callback


class History(Callback):
    """Keeps the logs of every epoch; `fit` adds one by itself and returns it.

    Attributes:
        history: Dict from the name of a quantity to the list of its values, one an epoch.
        epoch: The numbers of the recorded epochs.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(self):
        super().__init__()
        self.history = {}

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def get_state(self):
        return {"epoch": self.epoch, "history": self.history}

    def set_state(self, state):
        self.epoch = state["epoch"]
        self.history = state["history"]
