"""Python generators and iterators of batches."""

import itertools

from tfk.engine.data.host import HostSource
from tfk.engine.data.reading import END
from tfk.utils.nest import map_tensors
from tfk.utils.sequence import GeneratorEnqueuer
from tfk.utils.specs import open_spec

AHEAD = 2  # batches computed ahead by a thread


class GeneratorSource(HostSource):
    """Batches of one generator, which continues from epoch to epoch.

    Args:
        generator: Iterator over batches.
        steps: Batches per epoch; None continues until the generator ends, which ends training too.
            Defaults to None.
        workers: Threads or processes; 0 runs the generator in the training thread. Defaults to 1.
        use_multiprocessing: Whether workers are processes. Defaults to False.
        max_queue_size: Maximum number of batches queued by several workers. Defaults to 10.
        convert: Function applied to each batch; see `HostSource`. Defaults to None.
    """

    def __init__(
        self,
        generator,
        steps=None,
        workers=1,
        use_multiprocessing=False,
        max_queue_size=10,
        convert=None,
    ):
        super().__init__(convert, ahead=AHEAD if workers else 0)
        self.steps = None if steps == -1 else steps
        self.enqueuer = None
        if workers > 1 or (workers and use_multiprocessing):
            self.enqueuer = GeneratorEnqueuer(generator, use_multiprocessing=use_multiprocessing)
            self.enqueuer.start(workers=workers, max_queue_size=max_queue_size)
            generator = self.enqueuer.get()
        generator = iter(generator)
        first = next(generator, END)
        if first is END:
            self.close()
            raise ValueError("The generator yielded no batch: expected at least one.")
        self.peeked = self.prepared(first)
        self.spec = map_tensors(open_spec, self.peeked)
        self.remaining = itertools.chain([first], generator)

    def batches(self, epoch, step):
        return self.remaining

    def in_memory(self):
        return self.peeked

    def start(self, epoch, step=0, shuffle_seed=0):
        if self.reader is None:
            super().start(epoch, step, shuffle_seed)

    def close(self):
        super().close()
        if self.enqueuer is not None:
            self.enqueuer.stop()
            self.enqueuer = None
