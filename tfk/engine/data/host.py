"""Batches computed in Python, one at a time: generators and `Sequence`."""

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
            weights. Defaults to None.
        ahead: Number of batches that a thread computes ahead; 0 computes them on demand. Defaults
            to 0.
    """

    def __init__(self, convert=None, ahead=0):
        self.convert, self.ahead = convert, ahead
        self.reader = None
        self.latest = []  # the last batch that ran, and the previous one

    def batches(self, epoch, step):
        """Return an iterator over the raw batches from `step` of `epoch` on."""
        raise NotImplementedError

    def start(self, epoch, step=0, shuffle_seed=0):
        self.shuffle_seed = shuffle_seed
        self.stop_reading()
        batches = map(self.prepared, self.batches(epoch, step))
        self.reader = ReadAhead(batches, self.ahead) if self.ahead else ReadNow(batches)

    def prepared(self, batch):
        """Convert a raw batch to the nest of tensors that the step receives."""
        x, y, sample_weight = (
            normalize(part, what)
            for part, what in zip(unpack_x_y_sample_weight(batch), ("x", "y", "sample_weight"))
        )
        data = map_tensors(to_tensor, (x, y, sample_weight))
        return pack_x_y_sample_weight(*(self.convert(data) if self.convert else data))

    def run(self, loop, limit):
        return loop.run_batches(self._next(1 if loop.mode == "predict" else limit))

    def _next(self, limit):
        """Yield up to `limit` batches, each with specs that admit it: those of the first if they
        do.
        """
        for _ in range(limit):
            with tf.profiler.experimental.Trace("tfk/data"):
                batch = self.reader.next()
            if batch is END:
                break
            self.latest = [batch, *self.latest[:1]]
            yield batch, specs_admitting(batch, self.spec)

    def last_batches(self):
        return self.latest

    def stop_reading(self):
        """Stop the background thread, if there is one."""
        if self.reader is not None:
            self.reader.stop()
            self.reader = None

    def close(self):
        self.stop_reading()


def specs_admitting(batch, first):
    """Return the nest of type specs of `batch` with an open batch size.

    Args:
        batch: Nest of tensors.
        first: The specs of the first batch, returned if they admit this one.
    Raises: ValueError if the batch has another structure or another dtype than the first.
    """
    try:
        tf.nest.assert_same_structure(first, batch)
    except (TypeError, ValueError):
        raise ValueError(
            "All batches must have the same structure. The first was"
            f" {map_tensors(lambda s: tuple(s.shape), first)}, a later one"
            f" {map_tensors(lambda t: tuple(t.shape), batch)} (shapes)."
        ) from None
    pairs = list(zip(tf.nest.flatten(first), tf.nest.flatten(batch), strict=True))
    if all(spec is None or spec.is_compatible_with(tensor) for spec, tensor in pairs):
        return first
    for spec, tensor in pairs:
        if spec is not None and spec.dtype != tensor.dtype:
            raise ValueError(
                f"All batches must have the same dtype. The first had {spec.dtype.name} of shape"
                f" {tuple(spec.shape)}, a later one {tensor.dtype.name} of shape"
                f" {tuple(tensor.shape)}."
            )
    return map_tensors(open_spec, batch)
