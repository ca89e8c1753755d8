"""Batches that come from Python, run one after another: what loops share that have no quicker
way.
"""

import numpy as np


class OneByOne:
    """Gives a loop that has `run_batch` the method `run_batches`.

    Attributes:
        watch_loss: Whether to end a chunk after the first loss that is not finite.
        used: The elements of an iterator that ran last, the last first, as optionals, where the
            loop has kept them.
    """

    watch_loss = False
    used = ()

    def run_batches(self, batches):
        """Runs a step on each batch.

        Args:
            batches: Iterable of pairs of a batch and the nest of its type specs.

        Returns the number of steps done and the logs of the last.
        """
        done, logs = 0, None
        for batch, spec in batches:
            done, logs = done + 1, self.run_batch(batch, spec)
            if self.watch_loss and has_bad_loss(logs):
                break
        return done, logs


def has_bad_loss(logs):
    """Whether logs, which may be anything a user's step gives, tell of a loss that is not
    finite.
    """
    loss = logs.get("loss") if isinstance(logs, dict) else None
    return (
        loss is not None and not np.isfinite(np.asarray(loss)).all()
    )  # NumPy is the quickest here
