"""Shared code of loops that run batches from Python one after another."""

import numpy as np


class OneByOne:
    """Mixin that adds `run_batches` to a loop with `run_batch`.

    Attributes:
        watch_loss: Whether to end a chunk after the first non-finite loss.
        used: The last elements of an iterator that ran, most recent first, as optionals, if the
            loop has kept them.
    """

    watch_loss = False
    used = ()

    def run_batches(self, batches):
        """Run a step on each batch.

        Args:
            batches: Iterable of pairs of a batch and the nest of its type specs.

        Returns: The number of steps done and the logs of the last one.
        """
        done, logs = 0, None
        for batch, spec in batches:
            done, logs = done + 1, self.run_batch(batch, spec)
            if self.watch_loss and has_bad_loss(logs):
                break
        return done, logs


def has_bad_loss(logs):
    """Return whether logs, which a custom step may return in any form, contain a non-finite
    loss.
    """
    loss = logs.get("loss") if isinstance(logs, dict) else None
    return loss is not None and not np.isfinite(np.asarray(loss)).all()  # NumPy is fastest here
