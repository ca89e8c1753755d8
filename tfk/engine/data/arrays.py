"""Arrays and tensors in memory: copied to tensors once, or streamed if they are too large."""

import math

import numpy as np
import tensorflow as tf

from tfk.engine.data.leaves import (
    aligned,
    bytes_in,
    dtype_of,
    rows_in,
    to_tensor,
)
from tfk.engine.data.memory import resident_budget
from tfk.engine.data.reading import ReadAhead
from tfk.engine.data.rows import Rows
from tfk.engine.data.shuffling import batchwise_permutation, permutation
from tfk.engine.data.source import Source
from tfk.utils import handover
from tfk.utils.nest import map_tensors, tensors_of

WINDOW_BYTES = 2**26  # streamed rows are read in windows of about this size
WINDOWS_AHEAD = 2


class ArraySource(Source):
    """Batches of arrays that agree in their first axis.

    An epoch visits every row once, in an order determined by the shuffle seed and the epoch. With
    another number of steps, batches continue through the rows from epoch to epoch.

    Args:
        data: Nest of arrays and tensors (leaves may be None).
        batch_size: Rows per batch.
        steps: Batches per epoch; None derives them from the rows. Defaults to None.
        shuffle: True, False, or `"batch"` to keep neighbouring rows together. Defaults to False.
        epochs: Maximum number of passes over the rows, or None for no limit. Defaults to 1.
    """

    resumes = True

    def __init__(self, data, batch_size, steps=None, shuffle=False, epochs=1):
        self.data, self.batch_size, self.shuffle = data, batch_size, shuffle
        leaves = tensors_of(data)
        self.count = rows_in(leaves[0])
        self.batches = -(-self.count // batch_size)  # in one pass over the rows
        self.steps = steps or self.batches
        self.epochs = epochs
        self.even = self.count % batch_size == 0
        size = batch_size if self.even else None
        self.spec = map_tensors(
            lambda leaf: tf.TensorSpec((size, *leaf.shape[1:]), dtype_of(leaf)), data
        )
        self.order_of = self.end = None
        self.position = self.seed = 0

    def start(self, epoch, step=0, shuffle_seed=0):
        if self.end is None:
            self.end = (
                math.inf if self.epochs is None else epoch * self.steps + self.epochs * self.batches
            )
        self.seed = shuffle_seed
        self.position = epoch * self.steps + step  # counts batches over all epochs

    def run(self, loop, limit):
        number, batch = divmod(self.position, self.batches)
        if self.position >= self.end:
            return 0, None
        full = self.count // self.batch_size
        if loop.fixed_size and batch < full:
            done, logs = self.run_rows(loop, number, batch, min(batch + limit, full), fixed=True)
        elif loop.fixed_size:
            done, logs = self.run_rows(loop.any_size, number, batch, batch + 1, fixed=False)
        else:
            done, logs = self.run_rows(
                loop, number, batch, min(batch + limit, self.batches), fixed=self.even
            )
        self.position += done
        return done, logs

    def run_rows(self, loop, number, first, last, fixed):
        """Run batches `first` to `last - 1` of pass `number` over the rows."""
        raise NotImplementedError

    def last_batches(self):
        number, last = divmod(self.position - 1, self.batches)
        batches = [self.batch_at_hand(number, batch) for batch in (last, last - 1) if batch >= 0]
        return [batch for batch in batches if batch is not None]

    def batch_at_hand(self, number, batch):
        """Return batch `batch` of the current pass `number` as a nest of tensors; None if
        unavailable.
        """
        raise NotImplementedError

    def order(self, number):
        """Return the order of the rows in pass `number`, or None if they are not shuffled."""
        if not self.shuffle:
            return None
        dtype = "int32" if self.count < 2**31 - self.batch_size else "int64"
        if self.shuffle == "batch":
            return batchwise_permutation(self.count, self.batch_size, self.seed, number, dtype)
        return permutation(self.count, self.seed, number, dtype)


class ResidentSource(ArraySource):
    """Rows of tensors; batches are gathered inside the graph."""

    def __init__(self, data, *args, **kwargs):
        super().__init__(data, *args, **kwargs)
        self.tensors = map_tensors(to_tensor, data)
        self.views = {}

    def in_memory(self):
        return self.tensors

    def run_nothing(self, loop):
        """Run no step of full batches through `loop`, which makes it trace and compile."""
        order = tf.constant(self.order(0)) if self.shuffle else None
        loop.run_rows(Rows(self.tensors, self.batch_size, order, fixed_size=True), 0, 0)

    @property
    def batch_bytes(self):
        """Return the number of bytes that the graph copies per batch."""
        return sum(
            self.batch_size * int(np.prod(tensor.shape[1:])) * tensor.dtype.size
            for tensor in tensors_of(self.tensors)
        )

    def run_rows(self, loop, number, first, last, fixed):
        if self.order_of != (self.seed, number):
            self.order_of, self.views = (self.seed, number), {}
            order = self.order(number)
            self.order_tensor = None if order is None else tf.constant(order)
        if fixed not in self.views:
            self.views[fixed] = Rows(self.tensors, self.batch_size, self.order_tensor, fixed)
        return loop.run_rows(self.views[fixed], first, last)

    def batch_at_hand(self, number, batch):
        return Rows(self.tensors, self.batch_size, self.order_tensor).batch(batch)


class StreamedSource(ArraySource):
    """Rows read in windows of many batches by a background thread."""

    def __init__(self, data, *args, window_bytes=WINDOW_BYTES, **kwargs):
        super().__init__(data, *args, **kwargs)
        row = sum(
            int(np.prod(leaf.shape[1:])) * max(dtype_of(leaf).size, 1) for leaf in tensors_of(data)
        )
        self.window_batches = max(1, window_bytes // max(1, row * self.batch_size))
        self.ahead = None

    def in_memory(self):
        return self.read(None, 0, 1)

    def run_rows(self, loop, number, first, last, fixed):
        window = self.window_at(number, first)
        start = window.first
        done, logs = loop.run_rows(
            window.rows(self.batch_size, fixed), first - start, min(last, window.last) - start
        )
        return done, logs

    def batch_at_hand(self, number, batch):
        window = self.ahead.current
        if not window.holds(number, batch):
            return None
        return window.rows(self.batch_size, False).batch(batch - window.first)

    def window_at(self, number, batch):
        """Return the window that contains `batch` of pass `number`; windows are read ahead in
        training order.
        """
        if self.ahead is None or not self.ahead.goes_on_to(number, batch):
            self.close()
            self.ahead = _Windows(self, number, batch)
        return self.ahead.window(number, batch)

    def windows(self, number, first):
        """Yield all windows from batch `first` of pass `number` on."""
        while number * self.batches + first < self.end:
            order = self.order(number)
            while first < self.batches:
                last = min(first + self.window_batches, self.batches)
                yield _Window(number, first, last, self.read(order, first, last))
                first = last
            number, first = number + 1, 0

    def read(self, order, first, last):
        """Return the rows of batches `first` to `last - 1` as tensors."""
        rows = slice(first * self.batch_size, min(last * self.batch_size, self.count))
        return map_tensors(
            lambda leaf: _take(leaf, rows if order is None else order[rows]), self.data
        )

    def close(self):
        if self.ahead is not None:
            self.ahead.reader.stop()
            self.ahead = None


class _Window:
    """Batches `first` to `last - 1` of pass `number`."""

    def __init__(self, number, first, last, data):
        self.number, self.first, self.last, self.data = number, first, last, data

    def holds(self, number, batch):
        return self.number == number and self.first <= batch < self.last

    def rows(self, batch_size, fixed):
        return Rows(self.data, batch_size, None, fixed)


class _Windows:
    """Windows from a position on, across passes, read ahead of training."""

    def __init__(self, source, number, batch):
        self.count, self.current, self.expected = source.batches, None, (number, batch)
        self.reader = ReadAhead(source.windows(number, batch), WINDOWS_AHEAD)

    def goes_on_to(self, number, batch):
        return self.expected == (number, batch) or (
            self.current is not None and self.current.holds(number, batch)
        )

    def window(self, number, batch):
        if self.current is None or not self.current.holds(number, batch):
            self.current = None  # frees its memory for the next one
            self.current = window = self.reader.next()
            ended = window.last == self.count
            self.expected = (window.number + 1, 0) if ended else (window.number, window.last)
        return self.current


def _take(leaf, rows):
    """Return rows of a leaf, given by a slice or an array of row indices, as a tensor."""
    if tf.is_tensor(leaf):
        return leaf[rows] if isinstance(rows, slice) else tf.gather(leaf, rows)
    if isinstance(leaf, np.ndarray):
        picked = leaf[rows] if isinstance(rows, slice) else None
        dtype = dtype_of(leaf)
        if leaf.dtype.kind not in "fiu":
            return tf.convert_to_tensor(leaf[rows], dtype)
        if picked is None:
            picked = handover.empty((len(rows), *leaf.shape[1:]), leaf.dtype)
            np.take(leaf, rows, axis=0, out=picked, mode="clip")
        return handover.given(aligned(picked, dtype.as_numpy_dtype))
    if isinstance(rows, slice):
        return to_tensor(np.asarray(leaf[rows]))
    sorted_rows, place = np.unique(
        rows, return_inverse=True
    )  # array-likes require increasing row indices
    return to_tensor(np.asarray(leaf[sorted_rows])[place])


def array_source(data, batch_size, **settings):
    """Return a `ResidentSource` if the data fit in the memory budget, else a `StreamedSource`."""
    needed = sum(bytes_in(leaf) for leaf in tensors_of(data))
    kind = ResidentSource if needed <= resident_budget() else StreamedSource
    return kind(data, batch_size, **settings)
