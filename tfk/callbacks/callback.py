"""What a callback is: hooks of the training loop, and when the loop has to come back to Python for
them.
"""

from tfk.utils.short_repr import attributes_repr

BATCH_HOOKS = {
    "train": ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Base class: override the hooks you need and pass the object to `fit`, `evaluate` or
    `predict`.

    Hooks get `logs`, a dict of numbers. All callbacks of one event share the dict: what one writes
    the later ones read, and what is written in `on_epoch_end` is recorded by `History`. Setting
    `self.model.stop_training = True` ends training.

    The loop runs many batches in one graph call. A class that overrides a batch hook is called at
    every batch, as in Keras 2; one that needs less says so in `batches_until_wake` and
    `seconds_between_wakes`, and then `on_train_batch_begin(a)` and `on_train_batch_end(b - 1)`
    frame a chunk of steps `a .. b - 1`.

    Attributes:
        model: The model in training, set before the first hook.
        params: Dict with `verbose`, `epochs` and `steps`.
        runs_last: Class attribute; a callback that has to see what the others did is moved to the
            end.
        keeps_files: Class attribute; the callback writes files or talks to servers, so that a dry
            run leaves it out and calls `rehearse` instead.
        needs_all_variables: Class attribute; has every variable of training made before
            `on_train_begin`.
        stops_at_bad_loss: Class attribute; ends a chunk of steps after the first loss that is
            not finite.

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
        """Takes the settings of this run, a dict with `verbose`, `epochs` and `steps`."""
        self.params = params

    def set_model(self, model):
        """Takes the model."""
        self.model = model

    def set_siblings(self, callbacks):
        """Takes the list of all callbacks of the run, this one included."""

    # When to wake ---------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        """How many more batches may run before the batch hooks of this callback must be called.

        Args:
            mode: `"train"`, `"test"` or `"predict"`.

        Returns:
            A positive integer, or None when the boundaries of epochs are enough. It is asked again
            before each hook; after None, batch hooks may be left out until it is a number again.
        """
        return 1 if any(self.overrides(hook) for hook in BATCH_HOOKS[mode]) else None

    def seconds_between_wakes(self, mode):
        """Longest time in seconds between two calls of the batch hooks, or None when time does not
        matter.
        """
        return None

    def overrides(self, hook, base=None):
        """Whether the object has another method `hook` than the class `base` (default:
        `Callback`).
        """
        method = getattr(self, hook)
        return getattr(method, "__func__", method) is not getattr(base or Callback, hook)

    # State, for training that goes on in another process ------------------------------------------

    def get_state(self):
        """What has to survive a restart: a dict of numbers, strings, arrays and lists or dicts of
        them.

        None says that this callback keeps nothing between two hooks (or does not support restarts).
        """
        return None

    def set_state(self, state):
        """Takes back what `get_state` gave; called after `on_train_begin` of the restarted run."""

    def rehearse(self, epoch, logs):
        """Tries, in a dry run, what the hooks would do, and leaves nothing behind."""

    # Hooks ----------------------------------------------------------------------------------------

    def on_batch_begin(self, batch, logs=None):
        """Older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Older name of `on_train_batch_end`."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called when an epoch of training starts; `epoch` counts from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after an epoch and its validation, with the results of both (`val_` marks the
        latter).
        """

    def on_train_batch_begin(self, batch, logs=None):
        """Called before a training batch; `batch` counts from 0 in every epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after a training batch with the metrics of the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch, logs=None):
        """Called before a batch of evaluation, also of the validation inside `fit`."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after a batch of evaluation with the metrics so far."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before a batch of prediction."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after a batch of prediction; `logs["outputs"]` holds what the model gave."""

    def on_train_begin(self, logs=None):
        """Called once when `fit` starts."""

    def on_train_end(self, logs=None):
        """Called once when `fit` ends by itself, with the results of the last epoch."""

    def on_train_abort(self, error):
        """Called instead of `on_train_end` when `fit` is left by an exception, an interrupt
        included.
        """

    def on_test_begin(self, logs=None):
        """Called when `evaluate`, or the validation inside `fit`, starts."""

    def on_test_end(self, logs=None):
        """Called when evaluation ends, with its results."""

    def on_predict_begin(self, logs=None):
        """Called when `predict` starts."""

    def on_predict_end(self, logs=None):
        """Called when `predict` ends."""
