"""The progress bar of `fit`, `evaluate` and `predict`."""

from tfk.callbacks.callback import Callback
from tfk.callbacks.counting import batches_done
from tfk.typing import Logs
from tfk.utils.checks import check_choice
from tfk.utils.interactive_logging import print_message
from tfk.utils.progress import Progbar, can_redraw

REDRAW_SECONDS = 0.2


class ProgbarLogger(Callback):
    """Callback that prints progress and metrics: a bar on terminals and in notebooks, else one line
        per epoch.

    The bar is redrawn at most five times per second, and the loop is not interrupted more often.

    Args:
        count_mode: `"steps"` counts batches; `"samples"` counts samples, if the logs contain a
            `size`. Defaults to `"samples"`.
        stateful_metrics: Names displayed as they are; other quantities are averaged over batches.
            The model's metrics are always stateful. Defaults to None.

    >>> ProgbarLogger("steps").use_steps
    True
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics=None):
        super().__init__()
        self.use_steps = (
            check_choice(self, "count_mode", count_mode, ("samples", "steps")) == "steps"
        )
        self.stateful_metrics = set(stateful_metrics or ())
        self.verbose = 1
        self.epochs = 1
        self.target = None
        self.seen = 0
        self.progbar = None
        self._inside_fit = False
        self._started_at = 0

    def set_params(self, params):
        super().set_params(params)
        self.verbose = params.get("verbose", 1)
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps" if self.use_steps else "samples")

    def seconds_between_wakes(self, mode):
        silent = mode == "test" and self._inside_fit
        return REDRAW_SECONDS if self.verbose == 1 and not silent and can_redraw() else None

    def batches_until_wake(self, mode):
        return None

    def on_train_begin(self, logs: Logs | None = None):
        self._inside_fit = True

    def on_train_end(self, logs: Logs | None = None):
        self._inside_fit = False

    def on_train_abort(self, error):
        self._inside_fit = False
        if self.verbose == 1 and self.progbar is not None and can_redraw():
            print_message("")  # the traceback starts on a new line

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        if self.verbose and self.epochs > 1:
            print_message(f"Epoch {epoch + 1}/{self.epochs}")
        self._start("train")

    def on_test_begin(self, logs: Logs | None = None):
        if not self._inside_fit:
            self._start("test")

    def on_predict_begin(self, logs: Logs | None = None):
        self._start("predict")

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        self._advance(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None):
        if not self._inside_fit:
            self._advance(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None):
        self._advance(batch, None)  # the outputs are not numbers to display

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        self._finish("train", logs)

    def on_test_end(self, logs: Logs | None = None):
        if not self._inside_fit:
            self._finish("test", logs)

    def on_predict_end(self, logs: Logs | None = None):
        self._finish("predict", None)

    def _start(self, mode):
        self.seen = 0
        self._started_at = self._steps_done(mode)
        self.progbar = Progbar(
            self.target,
            verbose=self.verbose,
            interval=REDRAW_SECONDS,
            stateful_metrics=self._stateful_names(),
            unit_name="step" if self.use_steps else "sample",
        )

    def _stateful_names(
        self,
    ):  # checked every time, as the first batch may create metrics
        return self.stateful_metrics | {
            metric.name for metric in getattr(self.model, "metrics", None) or ()
        }

    def _steps_done(self, mode):
        """Return the number of steps of this mode counted by the model; 0 if batches are not
        counted.
        """
        counted = self.use_steps and hasattr(self.model, f"_{mode}_counter")
        return batches_done(self.model, mode) if counted else 0

    def _advance(self, batch, logs):
        logs = dict(logs or {})
        if self.use_steps:
            self.seen = batch + 1
        else:
            self.seen += logs.pop("size", 0) * logs.pop("num_steps", 1)
        if self.verbose == 1 and can_redraw():
            self._show(self.seen, logs, finalize=False)

    def _finish(self, mode, logs):
        if self.target is None:  # known from now on, also for the next epoch
            self.target = self.progbar.target = (
                self._steps_done(mode) - self._started_at or self.seen
            )
        self._show(self.target, logs or {}, finalize=True)

    def _show(self, current, logs, finalize):
        self.progbar.stateful_metrics |= self._stateful_names()
        self.progbar.update(current, list(logs.items()), finalize=finalize)
