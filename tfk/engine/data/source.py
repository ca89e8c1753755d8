"""What all kinds of input look like to the training loop."""


class Source:
    """Batches for one call of `fit`, `evaluate` or `predict`.

    Attributes:
        spec: Nest of type specs of a batch, in the structure that the step receives.
        steps: Batches in an epoch, or None while nobody knows.

    A subclass defines `run`; `start` and `close` where it has something to prepare or to give back.
    """

    spec = None
    steps = None
    resumes = False  # whether `start(epoch, step)` can begin in the middle of an epoch

    def rewind(self):
        """Goes back to the first batch, where the input can."""

    def wind(self, passes):
        """Goes to where `passes` earlier epochs, of a process that was killed, have left the
        input.
        """

    def start(self, epoch, step=0, shuffle_seed=0):
        """Gets ready for the batches of `epoch` from `step` on."""

    def run(self, loop, limit):
        """Runs up to `limit` batches through `loop`, an `engine.loop.Loop` or an object like it.

        Returns the number of batches done, 0 when there are no more, and the logs of the last.
        """
        raise NotImplementedError

    def in_memory(self):
        """What there is in memory of the data, as a nest of arrays and tensors: all, the first
        batch, or None.
        """
        return None

    def last_batches(self):
        """The batch that ran last and the one before, as the step received them, as far as they are
        at hand.
        """
        return []

    def end_epoch(self):
        """Called when an epoch is over."""

    def close(self):
        """Gives back threads, processes and iterators."""
