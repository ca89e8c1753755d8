"""Where training stands: what has to be known to go on from there in another process."""

import weakref


class FitPosition:
    """The next batch that `fit` will run, as `model.fit_position`.

    A callback may set the fields in `on_train_begin`, and training goes on from there: the order of
    the rows follows from `shuffle_seed` and the epoch alone, and metrics keep what they have
    counted when `step` is not 0.

    Attributes:
        epoch: Number of the epoch, from 0.
        step: Batches of this epoch that are done.
        shuffle_seed: Seed of the order of the rows.
        resumable: False when the data cannot be taken up in the middle of an epoch.
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
        """The batch that ran last and the one before, as the step received them, as far as they are
        at hand.
        """
        source = self._source()
        return [] if source is None else source.last_batches()

    def __repr__(self):
        return (
            f"FitPosition(epoch={self.epoch}, step={self.step}, shuffle_seed={self.shuffle_seed})"
        )
