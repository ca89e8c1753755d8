"""Batches that come from Python, one at a time: generators and `Sequence`."""

import tensorflow as tf

from tfk.engine.data.leaves import normalize, to_tensor
from tfk.engine.data.reading import END, ReadAhead, ReadNow
from tfk.engine.data.source import Source
from tfk.utils.nest import map_tensors
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from tfk.utils.specs import open_spec


class HostSource(Source):
    """Batches of an iterator that Python runs ahead of training.

    Args:
        convert: Function applied to each batch `(x, y, sample_weight)` of tensors, such as class
            weights.
        ahead: How many batches a thread computes ahead; 0 computes them when they are needed.
    """

    def __init__(self, convert=None, ahead=0):
        self.convert, self.ahead = convert, ahead
        self.reader = None
        self.latest = []  # the batch that ran last, and the one before

    def batches(self, epoch, step):
        """Iterator over the raw batches from `step` of `epoch` on."""
        raise NotImplementedError

    def start(self, epoch, step=0, shuffle_seed=0):
        self.shuffle_seed = shuffle_seed
        self.stop_reading()
        batches = map(self.prepared, self.batches(epoch, step))
        self.reader = ReadAhead(batches, self.ahead) if self.ahead else ReadNow(batches)

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
            self.spec, self.latest = widened(self.spec, batch), [batch, *self.latest[:1]]
            yield batch, self.spec

    def last_batches(self):
        return self.latest

    def stop_reading(self):
        """Ends the thread that computes ahead, if there is one."""
        if self.reader is not None:
            self.reader.stop()
            self.reader = None

    def close(self):
        self.stop_reading()


def widened(spec, batch):
    """The nest of specs that admits `batch` and what `spec` admits: sizes that differ become
    unknown.

    Raises: ValueError when the batch has another structure.
    """
    if spec is None:
        return map_tensors(open_spec, batch)
    try:
        tf.nest.assert_same_structure(spec, batch)
    except (TypeError, ValueError):
        raise ValueError(
            "Batches must all have one structure. The first was"
            f" {map_tensors(lambda s: tuple(s.shape), spec)}, a later one"
            f" {map_tensors(lambda t: tuple(t.shape), batch)} (shapes)."
        ) from None
    return tf.nest.map_structure(_widened_leaf, spec, batch)


def _widened_leaf(spec, tensor):
    if spec is None or spec.is_compatible_with(tensor):
        return spec
    wider = spec.most_specific_common_supertype([open_spec(tensor)])
    if wider is None:
        raise ValueError(
            f"Batches must all have one dtype. The first had {spec.dtype.name} of shape"
            f" {tuple(spec.shape)}, a later one {tensor.dtype.name} of shape {tuple(tensor.shape)}."
        )
    return wider
