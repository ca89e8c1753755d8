"""Common interface of all kinds of input to the training loop."""

from tfk.engine.data.loop import Loop


class Source:
    """Batches for one call of `fit`, `evaluate` or `predict`.

    Attributes:
        spec: Nest of type specs of a batch, in the structure that the step receives.
        steps: Batches per epoch, or None if unknown.

    A subclass defines `run`, and `start` and `close` if it has to prepare or release anything.
    """

    spec = None
    steps = None
    resumes = False  # whether `start(epoch, step)` can begin in the middle of an epoch

    def rewind(self):
        """Return to the first batch, if the input supports it."""

    def wind(self, passes):
        """Skip `passes` earlier epochs, run by an interrupted process."""

    def start(self, epoch, step=0, shuffle_seed=0):
        """Prepare for the batches of `epoch` from `step` on."""

    def run(self, loop: Loop, limit: int):
        """Run up to `limit` batches through `loop`.

        Returns: The number of batches done, 0 if there are no more, and the logs of the last one.
        """
        raise NotImplementedError

    def in_memory(self):
        """Return the part of the data that is in memory as a nest: all, the first batch, or
        None.
        """
        return None

    def last_batches(self):
        """Return the last two batches as the step received them, as far as they are available."""
        return []

    def end_epoch(self):
        """Called at the end of an epoch."""

    def close(self):
        """Release threads, processes and iterators."""
