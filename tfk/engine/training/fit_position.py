"""The position of training, from which another process can resume."""

import weakref


class FitPosition:
    """The next batch that `fit` will run, as `model.fit_position`.

    A callback may set the fields in `on_train_begin` to resume training there: the order of the
    rows is determined by `shuffle_seed` and the epoch, and metrics keep their state if `step` is
    not 0.

    Attributes:
        epoch: Index of the epoch, from 0.
        step: Number of batches of this epoch that are done.
        shuffle_seed: Seed of the order of the rows.
        resumable: Whether the data can be resumed in the middle of an epoch.
    """

    __slots__ = ("epoch", "step", "shuffle_seed", "resumable", "_source")

    def __init__(self, epoch, step, shuffle_seed, source):
        self.epoch, self.step, self.shuffle_seed, self.resumable = (
            epoch,
            step,
            shuffle_seed,
            source.resumes,
        )
        self._source = weakref.ref(
            source
        )  # the model keeps this object, and must not keep the data

    def last_batches(self):
        """Return the last two batches as the step received them, as far as they are available."""
        source = self._source()
        return [] if source is None else source.last_batches()

    def __repr__(self):
        return (
            f"FitPosition(epoch={self.epoch}, step={self.step}, shuffle_seed={self.shuffle_seed})"
        )
