"""Base class of callbacks: hooks of the training loop, and when the loop returns to Python for
them.
"""

from typing import Any

from tfk.typing import Logs
from tfk.utils.overrides import is_overridden
from tfk.utils.short_repr import attributes_repr

BATCH_HOOKS = {
    "train": ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Base class of callbacks: override hooks and pass the object to `fit`, `evaluate` or
        `predict`.

    Hooks receive `logs`, a dict of numbers. All callbacks share the dict of an event: later
    callbacks see what earlier ones write, and `History` records what is written in `on_epoch_end`.
    Setting `self.model.stop_training = True` ends training.

    The loop runs many batches per graph call. A class that overrides a batch hook is called at
    every batch, as in Keras 2; one that needs fewer calls declares it in `batches_until_wake` and
    `seconds_between_wakes`, and then `on_train_batch_begin(a)` and `on_train_batch_end(b - 1)`
    enclose a chunk of steps `a .. b - 1`.

    Attributes:
        model: The model in training, set before the first hook.
        params: Dict with `verbose`, `epochs` and `steps`.
        runs_last: Class attribute; moves the callback to the end, after all others.
        keeps_files: Class attribute; the callback writes files or contacts servers, so a dry run
            skips it and calls `rehearse` instead.
        needs_all_variables: Class attribute; all training variables are created before
            `on_train_begin`.
        stops_at_bad_loss: Class attribute; ends a chunk of steps after the first non-finite loss.

    >>> class Announce(Callback):
    ...     def on_train_begin(self, logs=None):
    ...         print("training starts")
    >>> Announce().on_train_begin()
    training starts
    """

    validation_data = None
    model = None
    params = None
    runs_last = False
    keeps_files = False
    stops_at_bad_loss = False
    needs_all_variables = False

    def __init__(self):
        self.validation_data = None
        self.model = None

    def __repr__(self):
        return attributes_repr(self)

    def set_params(self, params):
        """Set the parameters of this run, a dict with `verbose`, `epochs` and `steps`."""
        self.params = params

    def set_model(self, model):
        """Set the model."""
        self.model = model

    def set_siblings(self, callbacks: Any):
        """Set the list of all callbacks of the run, including this one."""

    # When to wake ---------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        """Return how many more batches may run before the batch hooks of this callback must be
        called.

        Args:
            mode: `"train"`, `"test"` or `"predict"`.

        Returns:
            A positive integer, or None if epoch boundaries are enough. It is called again before
            each hook; after None, batch hooks may be skipped until it returns a number again.
        """
        return 1 if any(self.overrides(hook) for hook in BATCH_HOOKS[mode]) else None

    def seconds_between_wakes(self, mode):
        """Return the maximum time in seconds between two calls of the batch hooks, or None for no
        limit.
        """
        return None

    def overrides(self, hook, base=None):
        """Return whether the object overrides the method `hook` of the class `base` (default:
        `Callback`).
        """
        return is_overridden(self, hook, base or Callback)

    # State, for training that resumes in another process ------------------------------------------

    def get_state(self):
        """Return the state that must survive a restart: a dict of numbers, strings, arrays and
            nests of them.

        None means that this callback keeps no state between hooks, or does not support restarts.
        """
        return None

    def set_state(self, state):
        """Restore the result of `get_state`; called after `on_train_begin` of the resumed run."""

    def rehearse(self, epoch: int, logs: Logs | None):
        """Check, in a dry run, what the hooks would do, without leaving anything behind."""

    # Hooks ----------------------------------------------------------------------------------------

    def on_batch_begin(self, batch: int, logs: Logs | None = None):
        """Deprecated alias of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None):
        """Deprecated alias of `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        """Called when a training epoch starts; `epoch` counts from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        """Called after an epoch and its validation, whose results have the prefix `val_` in
        `logs`.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        """Called before a training batch; `batch` counts from 0 in every epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        """Called after a training batch with the metrics of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None):
        """Called before an evaluation batch, including validation in `fit`."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None):
        """Called after an evaluation batch with the metrics so far."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None):
        """Called before a prediction batch."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None):
        """Called after a prediction batch; `logs["outputs"]` holds the outputs of the model."""

    def on_train_begin(self, logs: Logs | None = None):
        """Called once when `fit` starts."""

    def on_train_end(self, logs: Logs | None = None):
        """Called once when `fit` ends normally, with the results of the last epoch."""

    def on_train_abort(self, error):
        """Called instead of `on_train_end` when `fit` ends with an exception, including
        interrupts.
        """

    def on_test_begin(self, logs: Logs | None = None):
        """Called when `evaluate`, or validation in `fit`, starts."""

    def on_test_end(self, logs: Logs | None = None):
        """Called when evaluation ends, with its results."""

    def on_predict_begin(self, logs: Logs | None = None):
        """Called when `predict` starts."""

    def on_predict_end(self, logs: Logs | None = None):
        """Called when `predict` ends."""
