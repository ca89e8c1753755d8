"""All callbacks of a run behind a single set of hooks."""

import warnings
from typing import Any

import tensorflow as tf

from tfk.callbacks.callback import BATCH_HOOKS, Callback
from tfk.callbacks.foreign import advice
from tfk.callbacks.history import History
from tfk.callbacks.hook_timing import HookTiming
from tfk.callbacks.logs import make_logs, to_numbers
from tfk.callbacks.progress_bar import ProgbarLogger
from tfk.typing import Logs, TensorLike
from tfk.utils.progress import breaking_line_of


def _call_hook(callback, hook, *arguments):
    getattr(callback, hook)(*arguments)


class CallbackList:
    """List of callbacks that calls their hooks, converts logs to numbers and schedules wake-ups.

    Args:
        callbacks: A callback, or a nest (list, tuple, dict) of callbacks. Defaults to None.
        add_history: Whether to add a `History` if there is none. Defaults to False.
        add_progbar: Whether to add a `ProgbarLogger` if there is none. Defaults to False.
        model: The model, passed to every callback. Defaults to None.
        **params: Parameters passed to every callback: `verbose`, `epochs`, `steps`.

    Raises: TypeError for an object that is not a `Callback`, or for a class instead of an object.

    >>> callbacks = CallbackList([History()])
    >>> callbacks.on_train_begin()
    >>> callbacks.batches_until_wake("train") is None
    True
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model=None,
        **params,
    ):
        given = [_checked(callback) for callback in tf.nest.flatten(callbacks)] if callbacks else []
        self._history = _first_of(History, given)
        self._progbar = _first_of(ProgbarLogger, given)
        self._timing = HookTiming(given)
        if add_history and self._history is None:
            self._history = History()
            given.append(self._history)
        if add_progbar and self._progbar is None:
            self._progbar = ProgbarLogger(count_mode="steps")
            given.append(self._progbar)
        self.callbacks = given
        self._order()
        self.model = None
        self.params = {}
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    @classmethod
    def for_run(cls, callbacks: Any, model, verbose: int | str, epochs, steps: int):
        """Return the list for one run of `fit`, `evaluate` or `predict`; an existing list is used
        as it is.
        """
        if isinstance(callbacks, cls):
            return callbacks
        return cls(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=model,
            verbose=verbose,
            epochs=epochs,
            steps=steps,
        )

    def _order(self):
        self.callbacks.sort(key=lambda callback: callback.runs_last)
        for callback in self.callbacks:
            callback.set_siblings(self.callbacks)

    def __iter__(self):
        return iter(self.callbacks)

    def append(self, callback):
        """Add one callback."""
        self.callbacks.append(_checked(callback))
        self._order()

    def set_params(self, params):
        """Pass the parameters of the run to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        """Pass the model to every callback; `model.history` becomes the `History` of this list."""
        self.model = model
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)
        _refuse_batch_hooks_with_parameter_servers(self)

    def make_logs(self, model, logs, outputs: TensorLike, mode, prefix: str = ""):
        """Write `outputs` to `logs` under the model's metric names; see `logs.make_logs`."""
        return make_logs(model, logs, outputs, mode, prefix) if self.callbacks else logs

    # When to wake ---------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        """Return how many more batches may run in one graph call: the minimum over all callbacks,
        or None.
        """
        asked = [_batches_until_wake(callback, mode) for callback in self.callbacks]
        return min((batches for batches in asked if batches is not None), default=None)

    def seconds_between_wakes(self, mode):
        """Return the shortest time between wake-ups that any callback requests, or None."""
        asked = [callback.seconds_between_wakes(mode) for callback in self.callbacks]
        return min((seconds for seconds in asked if seconds is not None), default=None)

    @property
    def stops_at_bad_loss(self):
        """Whether a chunk of steps has to end after the first non-finite loss."""
        return any(callback.stops_at_bad_loss for callback in self.callbacks)

    @property
    def needs_all_variables(self):
        """Whether all training variables must exist before `on_train_begin`."""
        return any(callback.needs_all_variables for callback in self.callbacks)

    # Hooks ----------------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None):
        """Call `on_train_begin` of every callback."""
        self._call("on_train_begin", logs)

    def on_train_end(self, logs: Logs | None = None):
        """Call `on_train_end` of every callback."""
        self._call("on_train_end", logs)

    def on_train_abort(self, error):
        """Call `on_train_abort` of every callback; failures become warnings."""
        for callback in self.callbacks:
            try:
                callback.on_train_abort(error)
            except Exception as failure:
                warnings.warn(
                    f"{type(callback).__name__}.on_train_abort failed with {failure!r} after"
                    f" {error!r}."
                )

    def on_test_begin(self, logs: Logs | None = None):
        """Call `on_test_begin` of every callback."""
        self._call("on_test_begin", logs)

    def on_test_end(self, logs: Logs | None = None):
        """Call `on_test_end` of every callback."""
        self._call("on_test_end", logs)

    def on_predict_begin(self, logs: Logs | None = None):
        """Call `on_predict_begin` of every callback."""
        self._call("on_predict_begin", logs)

    def on_predict_end(self, logs: Logs | None = None):
        """Call `on_predict_end` of every callback."""
        self._call("on_predict_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        """Call `on_epoch_begin` of every callback."""
        self._call("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        """Call `on_epoch_end` of every callback with a shared dict that they may modify."""
        self._call("on_epoch_end", logs, epoch)

    def on_batch_begin(self, batch: int, logs: Logs | None = None):
        """Same as `on_train_batch_begin`."""
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Logs | None = None):
        """Same as `on_train_batch_end`."""
        self.on_train_batch_end(batch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        """Call `on_train_batch_begin` of every callback, if any has batch hooks."""
        self._call_batch("train", "begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        """Call `on_train_batch_end` of every callback, if any has batch hooks."""
        self._call_batch("train", "end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None):
        """Call `on_test_batch_begin` of every callback, if any has batch hooks."""
        self._call_batch("test", "begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None):
        """Call `on_test_batch_end` of every callback, if any has batch hooks."""
        self._call_batch("test", "end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None):
        """Call `on_predict_batch_begin` of every callback, if any has batch hooks."""
        self._call_batch("predict", "begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None):
        """Call `on_predict_batch_end` of every callback, if any has batch hooks."""
        self._call_batch("predict", "end", batch, logs)

    def _call(self, hook, logs, *position, call=_call_hook):
        with tf.profiler.experimental.Trace("tfk/callbacks"):
            logs = to_numbers(logs)
            with breaking_line_of(self._progbar and self._progbar.progbar):
                for callback in self.callbacks:
                    call(callback, hook, *position, logs)

    def _call_batch(self, mode, moment, batch, logs):
        if not self._wakes_for_batches(mode):
            return  # the logs are unused: leave them on the device
        hook, timing = f"on_{mode}_batch_{moment}", self._timing
        if not timing.active:
            self._call(hook, logs, batch)
        elif moment == "begin":
            self._call(hook, logs, batch, call=timing.call)
            timing.batch_begins()
        else:
            timing.batch_ends(batch)
            self._call(hook, logs, batch, call=timing.call)

    def _wakes_for_batches(self, mode):
        return any(
            _batches_until_wake(callback, mode) is not None
            or callback.seconds_between_wakes(mode) is not None
            or (mode == "train" and callback.stops_at_bad_loss)
            for callback in self.callbacks
        )


def _checked(callback):
    if isinstance(callback, Callback):
        return callback
    if isinstance(callback, type) and issubclass(callback, Callback):
        raise TypeError(
            f"callbacks: expected objects, got the class {callback.__name__}. Pass"
            f" {callback.__name__}()."
        )
    raise TypeError(
        f"callbacks: expected objects of subclasses of tfk.callbacks.Callback, got {callback!r}."
        f" {advice(callback)}"
    )


def _batches_until_wake(callback, mode):
    """Return what `callback` declares, or 1 if a subclass added batch hooks to the class that
    declared it.
    """
    declaring = next(cls for cls in type(callback).__mro__ if "batches_until_wake" in vars(cls))
    if any(callback.overrides(hook, declaring) for hook in BATCH_HOOKS[mode]):
        return 1
    return callback.batches_until_wake(mode)


def _first_of(kind, callbacks):
    return next((callback for callback in callbacks if isinstance(callback, kind)), None)


def _refuse_batch_hooks_with_parameter_servers(callbacks):
    if not isinstance(tf.distribute.get_strategy(), tf.distribute.ParameterServerStrategy):
        return
    names = [
        type(callback).__name__
        for callback in callbacks
        if any(_batches_until_wake(callback, mode) is not None for mode in BATCH_HOOKS)
    ]
    if names:
        raise ValueError(
            f"callbacks: {', '.join(names)} act on every batch, which ParameterServerStrategy"
            " cannot do: its steps run out of order on the workers. Use per-epoch hooks instead."
        )
