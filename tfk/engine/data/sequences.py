"""`Sequence` objects: batches by index."""

from tfk.engine.data.host import HostSource
from tfk.engine.data.shuffling import permutation
from tfk.utils.nest import map_tensors
from tfk.utils.sequence import OrderedEnqueuer
from tfk.utils.specs import open_spec

AHEAD = 2  # batches computed ahead by a thread


class SequenceSource(HostSource):
    """Batches of a `Sequence`, in order or shuffled, all of them in every epoch.

    Args:
        sequence: The `Sequence`.
        steps: Batches per epoch; None for all. Defaults to None.
        shuffle: Whether to shuffle the batches in every epoch. Defaults to False.
        workers: Threads or processes; 0 computes batches in the training thread. Defaults to 1.
        use_multiprocessing: Whether workers are processes. Defaults to False.
        max_queue_size: Maximum number of batches queued by several workers. Defaults to 10.
        convert: Function applied to each batch; see `HostSource`. Defaults to None.
    """

    resumes = True

    def __init__(
        self,
        sequence,
        steps=None,
        shuffle=False,
        workers=1,
        use_multiprocessing=False,
        max_queue_size=10,
        convert=None,
    ):
        super().__init__(convert, ahead=AHEAD if workers else 0)
        if not len(sequence):
            raise ValueError(
                f"{type(sequence).__name__} is empty: expected a Sequence of at least one batch."
            )
        self.sequence, self.shuffle, self.given_steps = sequence, shuffle, steps
        self.steps = self._steps()
        self.workers, self.max_queue_size = workers, max_queue_size
        self.enqueuer = None
        if workers > 1 or (workers and use_multiprocessing):
            self.enqueuer = OrderedEnqueuer(sequence, use_multiprocessing=use_multiprocessing)
        self.peeked = self.prepared(sequence[0])
        self.spec = map_tensors(open_spec, self.peeked)

    def _steps(self):
        if self.given_steps == -1:
            return None
        return self.given_steps or len(self.sequence)

    def in_memory(self):
        return self.peeked

    def wind(self, passes):
        for _ in range(passes):
            self.sequence.on_epoch_end()
        self.steps = self._steps()

    def batches(self, epoch, step):
        count = len(self.sequence)
        order = (
            permutation(count, self.shuffle_seed, epoch).tolist()
            if self.shuffle
            else list(range(count))
        )
        if self.enqueuer is None:
            return (self.sequence[index] for index in order[step:])
        if not self.enqueuer.is_running():
            self.enqueuer.start(workers=self.workers, max_queue_size=self.max_queue_size)
        return self.enqueuer.epoch(order[step:], epoch)

    def end_epoch(self):
        self.stop_reading()
        self.sequence.on_epoch_end()
        self.steps = self._steps()

    def close(self):
        super().close()
        if self.enqueuer is not None:
            self.enqueuer.stop()
