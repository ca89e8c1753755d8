"""Batches that come from Python, run one after another: what loops share that have no quicker way."""


class OneByOne:
    """Gives a loop that has `run_batch` the method `run_batches`."""

    def run_batches(self, batches):
        """Runs a step on each batch.

        Args:
            batches: Iterable of pairs of a batch and the nest of its type specs.

        Returns the number of steps done and the logs of the last.
        """
        done, logs = 0, None
        for batch, spec in batches:
            done, logs = done + 1, self.run_batch(batch, spec)
        return done, logs
