"""Batches by index, and enqueuers that compute them ahead of time."""

import inspect
import itertools
import random
from collections import deque
from concurrent.futures import CancelledError

from tfk.utils.checks import check_positive_int
from tfk.utils.random import draw_seed
from tfk.utils.worker_pool import WorkerPool, pickle_for_workers
from tfk.utils.worker_process import Exhausted

WORKER_TIMEOUT = 600.0  # seconds for one batch


class Sequence:
    """Dataset that returns batches by index: the safe input for several workers.

    Subclasses define `__getitem__(index)`, which returns a whole batch, and `__len__()`, the number
    of batches; `on_epoch_end()` may change the data between epochs. With `use_multiprocessing=True`
    the object must be picklable and its class importable, since workers are spawned; for batch `i`
    of epoch `e` random generators are seeded with `(e, i)`, so that the data do not depend on the
    number of workers.

    Attributes:
        worker_timeout: Maximum time in seconds that a worker may take for one batch, None for no
            limit.

    >>> class Squares(Sequence):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return index**2
    >>> list(Squares())
    [0, 1, 4]
    """

    worker_timeout = WORKER_TIMEOUT

    def __getitem__(self, index):
        """Returns batch `index`."""
        raise NotImplementedError(
            f"{type(self).__name__} must define __getitem__(index), returning a batch."
        )

    def __len__(self):
        """Returns the number of batches."""
        raise NotImplementedError(
            f"{type(self).__name__} must define __len__(), the number of batches."
        )

    def on_epoch_end(self):
        """Called after every epoch."""

    def __iter__(self):
        """Iterates over one epoch."""
        return (self[index] for index in range(len(self)))


class SequenceEnqueuer:
    """Base class of the enqueuers, which compute batches ahead in threads or processes.

    A process that dies is replaced once per batch; a batch that takes longer than
    `sequence.worker_timeout` seconds raises a TimeoutError that names the worker. No process
    survives `stop`, an error, or the end of this program.

    Args:
        sequence: Source of the batches.
        use_multiprocessing: Whether to use spawned processes instead of threads. Objects that
            cannot be pickled are processed in threads, with a warning. Defaults to False.
    >>> SequenceEnqueuer([1, 2]).is_running()
    False
    """

    def __init__(self, sequence, use_multiprocessing: bool = False):
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.timeout = getattr(sequence, "worker_timeout", WORKER_TIMEOUT)
        self.workers = 0
        self.max_queue_size = 0
        self._pool = None
        self._payload = None
        self._seed = None

    def is_running(self):
        """Return whether `start` was called, and `stop` not since."""
        return self._pool is not None

    def start(self, workers: int = 1, max_queue_size: int = 10):
        """Start the workers.

        Args:
            workers: Number of threads or processes. Defaults to 1.
            max_queue_size: Maximum number of batches being computed or waiting. Defaults to 10.
        """
        self.stop()
        self.workers = check_positive_int(self, "workers", workers)
        self.max_queue_size = check_positive_int(self, "max_queue_size", max_queue_size)
        self._payload = pickle_for_workers(self.sequence) if self.use_multiprocessing else None
        self._seed = self._draw_seed()
        threads = self.workers
        if self._payload is None and inspect.isgenerator(self.sequence):
            threads = (
                1  # a generator runs in one thread at a time; more would only mix up the order
            )
        self._pool = WorkerPool(self.sequence, threads, self._payload)

    def stop(self, timeout=None):
        """End the workers; wait at most `timeout` seconds for a thread that is still
        computing.
        """
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(timeout)

    def get(self):
        """Iterate over the batches."""
        raise NotImplementedError(f"{type(self).__name__} must define get().")

    def _draw_seed(self):
        return None if self._payload is None else draw_seed()

    def _stream(self, items):
        """Yields the results of `items`, pairs `(index, seed)`, in order, computing ahead."""
        pool, pending, items = self._pool, deque(), iter(items)
        try:
            while pool is not None:
                while (
                    len(pending) < self.max_queue_size and (item := next(items, None)) is not None
                ):
                    pending.append(pool.submit(*item))
                if not pending:
                    return
                try:
                    result = pool.result(pending.popleft(), self.timeout)
                except Exhausted:
                    items = iter(())  # items of other workers still arrive
                else:
                    yield result
        except CancelledError:  # stopped from another thread
            return
        except GeneratorExit:
            raise
        except BaseException:
            self.stop()
            raise
        finally:
            for future in pending:
                future.cancel()

    def __del__(self):
        if getattr(self, "_pool", None) is not None:
            self.stop(timeout=0)


class OrderedEnqueuer(SequenceEnqueuer):
    """Enqueuer that computes the batches of a `Sequence` ahead and returns them in order.

    Args:
        sequence: A `Sequence`, or any object with `__getitem__` and `__len__`.
        use_multiprocessing: Whether to use spawned processes instead of threads. Defaults to False.
        shuffle: Whether `get` shuffles the batches (with Python's `random`) in each epoch. Defaults
            to False.

    >>> class Squares(Sequence):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return index**2
    >>> enqueuer = OrderedEnqueuer(Squares())
    >>> enqueuer.start(workers=2)
    >>> batches = enqueuer.get()
    >>> [next(batches) for _ in range(4)]
    [0, 1, 4, 0]
    >>> enqueuer.stop()
    """

    def __init__(self, sequence, use_multiprocessing: bool = False, shuffle: bool | str = False):
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def epoch(self, indices, number: int = 0):
        """Iterate over the batches `indices` once, in that order; the workers stay for the next
        epoch.

        Args:
            indices: Indices of the batches, in the desired order.
            number: Index of the epoch, used to seed the processes' random generators. Defaults to
                0.
        """
        if self._payload is not None:
            self._send_changes()
        return self._stream((index, self._seed_of(number, index)) for index in indices)

    def get(self):
        """Iterate indefinitely, calling `sequence.on_epoch_end()` between epochs; None batches are
        skipped.
        """
        number = 0
        order = list(range(len(self.sequence)))
        while self.is_running():
            if self.shuffle:
                random.shuffle(order)
            yield from (batch for batch in self.epoch(order, number) if batch is not None)
            if self.is_running():
                self.sequence.on_epoch_end()
                number += 1

    def _seed_of(self, number, index):
        return None if self._seed is None else (self._seed, number, index)

    def _send_changes(self):
        payload = pickle_for_workers(self.sequence)
        if payload is not None and payload != self._payload:
            self._payload = payload
            self._pool.load(payload)


class GeneratorEnqueuer(SequenceEnqueuer):
    """Enqueuer that computes the items of a generator or iterator ahead.

    Args:
        generator: A generator, or an iterator; an iterator that is not a generator must be
            thread-safe if several workers are used.
        use_multiprocessing: Whether to use spawned processes instead of threads. Each process gets
            its own copy of the iterator. Generators cannot be copied and are read in a thread.
            Defaults to False.
        random_seed: Seed of the processes' random generators, None to draw one. Defaults to None.
    >>> enqueuer = GeneratorEnqueuer(iter([1, 2]))
    >>> enqueuer.start()
    >>> list(enqueuer.get())
    [1, 2]
    >>> enqueuer.stop()
    """

    def __init__(self, generator, use_multiprocessing: bool = False, random_seed=None):
        super().__init__(generator, use_multiprocessing)
        self.random_seed = random_seed

    def get(self):
        """Iterate until the generator ends; None items are left out."""
        results = self._stream((None, self._seed_of(number)) for number in itertools.count())
        return (item for item in results if item is not None)

    def _draw_seed(self):
        return self.random_seed if self.random_seed is not None else super()._draw_seed()

    def _seed_of(self, number):
        return None if self._seed is None else (self._seed, number)
