"""Where training stands: what has to be known to go on from there in another process."""


class FitPosition:
    """The next batch that `fit` will run, as `model.fit_position`.

    A callback may set the fields in `on_train_begin`, and training goes on from there: the order of the rows
    follows from `shuffle_seed` and the epoch alone, and metrics keep what they have counted when `step` is
    not 0.

    Attributes:
        epoch: Number of the epoch, from 0.
        step: Batches of this epoch that are done.
        shuffle_seed: Seed of the order of the rows.
        resumable: False when the data cannot be taken up in the middle of an epoch.
    """

    __slots__ = ("epoch", "step", "shuffle_seed", "resumable")

    def __init__(self, epoch, step, shuffle_seed, resumable=True):
        self.epoch, self.step, self.shuffle_seed, self.resumable = epoch, step, shuffle_seed, resumable

    def __repr__(self):
        return f"FitPosition(epoch={self.epoch}, step={self.step}, shuffle_seed={self.shuffle_seed})"
