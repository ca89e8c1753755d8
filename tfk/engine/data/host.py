"""Batches that come from Python, one at a time: generators and `Sequence`."""

import queue
import threading

import tensorflow as tf

from tfk.engine.data.leaves import normalize, to_tensor
from tfk.engine.data.source import Source
from tfk.engine.nests import map_tensors, open_spec
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight

END = object()


class HostSource(Source):
    """Batches of an iterator that Python runs ahead of training.

    Args:
        convert: Function applied to each batch `(x, y, sample_weight)` of tensors, such as class weights.
        ahead: How many batches a thread computes ahead; 0 computes them when they are needed.
    """

    def __init__(self, convert=None, ahead=0):
        self.convert, self.ahead = convert, ahead
        self.reader = None

    def batches(self, epoch, step):
        """Iterator over the raw batches from `step` of `epoch` on."""
        raise NotImplementedError

    def start(self, epoch, step=0, shuffle_seed=0):
        self.shuffle_seed = shuffle_seed
        self.stop_reading()
        self.reader = (ReadAhead if self.ahead else ReadNow)(
            self.batches(epoch, step), self.prepared, self.ahead
        )

    def prepared(self, batch):
        """A raw batch as the step receives it: a nest of tensors."""
        x, y, sample_weight = (
            normalize(part, what)
            for part, what in zip(unpack_x_y_sample_weight(batch), ("x", "y", "sample_weight"))
        )
        data = map_tensors(to_tensor, (x, y, sample_weight))
        return pack_x_y_sample_weight(*(self.convert(data) if self.convert else data))

    def run(self, loop, limit):
        return loop.run_batches(self._next(1 if loop.mode == "predict" else limit))

    def _next(self, limit):
        """Up to `limit` batches, each with the spec of all batches so far."""
        for _ in range(limit):
            with tf.profiler.experimental.Trace("tfk/data"):
                batch = self.reader.next()
            if batch is END:
                break
            self.spec = widened(self.spec, batch)
            yield batch, self.spec

    def stop_reading(self):
        """Ends the thread that computes ahead, if there is one."""
        if self.reader is not None:
            self.reader.stop()
            self.reader = None

    def close(self):
        self.stop_reading()


def widened(spec, batch):
    """The nest of specs that admits `batch` and what `spec` admits: sizes that differ become unknown.

    Raises: ValueError when the batch has another structure.
    """
    if spec is None:
        return map_tensors(open_spec, batch)
    try:
        tf.nest.assert_same_structure(spec, batch)
    except (TypeError, ValueError):
        raise ValueError(
            "Batches must all have one structure. The first was "
            f"{map_tensors(lambda s: tuple(s.shape), spec)}, a later one {map_tensors(lambda t: tuple(t.shape), batch)} (shapes)."
        ) from None
    return tf.nest.map_structure(_widened_leaf, spec, batch)


def _widened_leaf(spec, tensor):
    if spec is None or spec.is_compatible_with(tensor):
        return spec
    wider = spec.most_specific_common_supertype([open_spec(tensor)])
    if wider is None:
        raise ValueError(
            f"Batches must all have one dtype. The first had {spec.dtype.name} of shape {tuple(spec.shape)}, a later one "
            f"{tensor.dtype.name} of shape {tuple(tensor.shape)}."
        )
    return wider


class ReadNow:
    """Computes a batch when it is asked for, in the training thread."""

    def __init__(self, batches, prepare, ahead=0):
        self.batches, self.prepare = iter(batches), prepare

    def next(self):
        """The next batch, or `END`."""
        for batch in self.batches:
            return self.prepare(batch)
        return END

    def stop(self):
        """Closes the iterator, where it can be closed."""


class ReadAhead:
    """Computes batches in a thread, up to `ahead` of them before they are needed."""

    def __init__(self, batches, prepare, ahead):
        self.batches, self.prepare = iter(batches), prepare
        self.queue = queue.Queue(maxsize=ahead)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, name="tfk-batches", daemon=True)
        self.thread.start()

    def next(self):
        """The next batch, or `END`; raises what the iterator raised."""
        item = self.queue.get()
        if item is END or isinstance(item, BaseException):
            self.queue.put(item)  # the thread has ended: asked again, the answer is the same
        if isinstance(item, BaseException):
            raise item
        return item

    def _work(self):
        try:
            for batch in self.batches:
                self._put(self.prepare(batch))
                if self.stopping.is_set():
                    return
            self._put(END)
        except BaseException as error:
            self._put(error)

    def _put(self, item):
        while not self.stopping.is_set():
            try:
                self.queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def stop(self):
        """Ends the thread; what it has computed is thrown away."""
        self.stopping.set()
        self.thread.join()
