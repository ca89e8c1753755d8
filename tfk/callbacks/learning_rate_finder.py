"""Learning rate range test: the loss while the learning rate increases."""

import math
import warnings

import numpy as np

from tfk.callbacks.callback import Callback
from tfk.callbacks.learning_rate import write_learning_rate
from tfk.callbacks.state_snapshot import restore_snapshot, take_snapshot
from tfk.typing import Logs
from tfk.utils.checks import check_number, check_positive_int

WARM_UP = 0.1  # fraction of the steps at the start in which the smoothed loss has not settled


class LearningRateFinder(Callback):
    """Callback that increases the learning rate with every batch, records the loss and restores the
    model.

    Training stops after `steps` batches, or as soon as the smoothed loss exceeds `divergence` times
    its minimum. Call `fit` with enough epochs; all changes to the model are undone.

    Args:
        min_lr: Initial learning rate, above 0. Defaults to 1e-07.
        max_lr: Final learning rate; the rate grows exponentially. Defaults to 10.0.
        steps: Number of batches. Defaults to 100.
        smoothing: Weight of earlier losses in the smoothed loss, in `[0, 1)`. Defaults to 0.95.
        divergence: Ratio of the smoothed loss to its minimum at which the search ends. Defaults to
            4.0.

    Attributes:
        learning_rates: The rates that were tried.
        losses: The loss of each batch.
        smoothed_losses: Their bias-corrected moving average.

    Raises: ValueError unless `0 < min_lr < max_lr`.

    Source: Smith, 2017, cyclical learning rates, section 3.3 (arXiv:1506.01186).

    >>> finder = LearningRateFinder(steps=50)
    >>> # model.fit(x, y, epochs=5, callbacks=[finder])
    >>> # model.optimizer.learning_rate = finder.suggestion
    """

    needs_all_variables = True

    def __init__(
        self,
        min_lr: float = 1e-7,
        max_lr: float = 10.0,
        steps: int = 100,
        smoothing: float = 0.95,
        divergence: float = 4.0,
    ):
        super().__init__()
        self.min_lr = check_number(self, "min_lr", min_lr, minimum=0)
        self.max_lr = check_number(self, "max_lr", max_lr, minimum=0)
        if not 0 < min_lr < max_lr:
            raise ValueError(
                f"LearningRateFinder: expected 0 < min_lr < max_lr, got {min_lr!r} and {max_lr!r}."
            )
        self.steps = check_positive_int(self, "steps", steps)
        self.smoothing = check_number(self, "smoothing", smoothing, minimum=0, maximum=0.9999)
        self.divergence = check_number(self, "divergence", divergence, minimum=1)
        self._clear()

    def _clear(self):
        self.learning_rates, self.losses, self.smoothed_losses = [], [], []
        self._average = 0.0
        self._before = None

    def on_train_begin(self, logs: Logs | None = None):
        self._clear()
        self._before = take_snapshot(self.model)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        self.model.reset_metrics()  # so that the loss in the logs is that of this batch alone
        write_learning_rate(self.model, self._rate(len(self.losses)))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        count, loss = len(self.losses), float(np.sum(logs["loss"]))
        self.learning_rates.append(self._rate(count))
        self.losses.append(loss)
        self._average = self.smoothing * self._average + (1 - self.smoothing) * loss
        smoothed = self._average / (1 - self.smoothing ** (count + 1))
        self.smoothed_losses.append(smoothed)
        diverged = not math.isfinite(loss) or smoothed > self.divergence * min(self.smoothed_losses)
        if diverged or count + 1 >= self.steps:
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None):
        if not self.model.stop_training:
            warnings.warn(
                f"LearningRateFinder: fit ended after {len(self.losses)} of {self.steps} batches,"
                f" at the rate {self.learning_rates[-1]:.2e}. Pass more epochs, or fewer steps."
            )
        restore_snapshot(self.model, self._before)

    def on_train_abort(self, error):
        if self._before is not None:
            restore_snapshot(self.model, self._before)

    def _rate(self, number):
        share = number / max(self.steps - 1, 1)
        return self.min_lr * (self.max_lr / self.min_lr) ** share

    @property
    def suggestion(self):
        """The rate at which the smoothed loss falls fastest, a good learning rate to start with.

        Raises: RuntimeError before training, or if too few batches ran.
        """
        first = int(WARM_UP * len(self.losses))
        last = int(np.nanargmin(self.smoothed_losses[first:])) + first + 1 if self.losses else 0
        if last - first < 3:
            raise RuntimeError(
                "LearningRateFinder: the loss never fell for long enough to suggest a learning"
                " rate."
            )
        slopes = np.gradient(
            self.smoothed_losses[first:last], np.log(self.learning_rates[first:last])
        )
        return self.learning_rates[first + int(np.argmin(slopes))]

    def plot(self, axes=None):
        """Plot the smoothed loss against the learning rate with matplotlib; return the axes."""
        if axes is None:
            import matplotlib.pyplot as plt

            axes = plt.gca()
        axes.plot(self.learning_rates, self.smoothed_losses)
        axes.set(xscale="log", xlabel="learning rate", ylabel="smoothed loss")
        axes.axvline(self.suggestion, linestyle="dashed", color="gray")
        return axes
