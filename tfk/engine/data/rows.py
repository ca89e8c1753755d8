"""Tensors in memory, sliced into batches inside the graph."""

import copy

import tensorflow as tf

from tfk.utils.nest import map_tensors, refill, tensors_of


class Rows:
    """Rows of tensors and the order in which batches visit them.

    Args:
        data: Nest of tensors that agree in their first axis; leaves may be None.
        batch_size: Rows per batch; the last batch may have fewer.
        order: Permutation of the rows as a tensor, or None for no shuffling. Defaults to None.
        fixed_size: Whether to trace with this batch size instead of an unknown one; a smaller last
            batch is then not part of these rows. Defaults to False.
    """

    def __init__(self, data, batch_size, order=None, fixed_size=False):
        self.data, self.batch_size, self.order, self.fixed_size = (
            data,
            batch_size,
            order,
            fixed_size,
        )
        leaves = tensors_of(data)
        self.count = int(leaves[0].shape[0])
        self.batches = -(-self.count // batch_size)
        self.index_dtype = tf.int32 if self.count < 2**31 - batch_size else tf.int64
        self.tensors = leaves if order is None else [*leaves, order]
        size = batch_size if fixed_size else None
        self.batch_spec = map_tensors(lambda t: tf.TensorSpec((size, *t.shape[1:]), t.dtype), data)

    @property
    def kind(self):
        """A hashable key of everything a trace depends on besides the type specs of a batch."""
        return self.order is None, self.index_dtype

    def under(self, spec):
        """Return these rows with batches of type specs `spec`, which may leave more sizes open."""
        rows = copy.copy(self)
        rows.batch_spec = spec
        rows.fixed_size = self.fixed_size and tensors_of(spec)[0].shape[0] is not None
        return rows

    @property
    def tensor_specs(self):
        """Return type specs of `tensors`, with any number of rows."""
        specs = [tf.TensorSpec((None, *s.shape[1:]), s.dtype) for s in tensors_of(self.batch_spec)]
        return specs if self.order is None else [*specs, tf.TensorSpec((None,), self.order.dtype)]

    def pick(self, tensors, index, size, by_xla=False):
        """Return the leaves of batch `index`: graph tensors of `size` rows, or fewer in the last
        batch.

        Args:
            tensors: Graph tensors in the order of `self.tensors`.
            index: Index of the batch.
            size: The batch size as a tensor.
            by_xla: Whether XLA compiles the graph; it would recompile slices for every position.
                Defaults to False.
        """
        leaves, order = (tensors, None) if self.order is None else (tensors[:-1], tensors[-1])
        start = index * size
        if by_xla:
            rows = start + tf.range(self.batch_size, dtype=start.dtype)
            rows = rows if order is None else tf.gather(order, rows)
            return [tf.gather(leaf, rows) for leaf in leaves]
        if self.fixed_size:
            return [_fixed(leaf, order, start, self.batch_size) for leaf in leaves]
        stop = tf.minimum(
            start + size, tf.shape(tensors[-1], tf.int32 if size.dtype == tf.int32 else tf.int64)[0]
        )
        if order is None:
            return [leaf[start:stop] for leaf in leaves]
        rows = order[start:stop]
        return [tf.gather(leaf, rows) for leaf in leaves]

    def batch(self, index):
        """Return batch `index` as a nest of tensors."""
        size = tf.constant(self.batch_size, self.index_dtype)
        return refill(self.data, self.pick(self.tensors, tf.cast(index, self.index_dtype), size))


def _fixed(leaf, order, start, size):
    if order is not None:
        return tf.gather(leaf, tf.slice(order, [start], [size]))
    rest = leaf.shape.rank - 1
    return tf.slice(leaf, [start] + [0] * rest, [size] + [-1] * rest)
