"""Splits a global batch across the replicas of a distribution strategy.

Every replica receives the global batch and slices its rows inside the graph: contiguous and evenly,
    with one more row for the first replicas if the number is not divisible. A replica may get no
    rows.
"""

import contextlib
import threading

import tensorflow as tf

from tfk.utils.nest import map_tensors, tensors_of
from tfk.utils.workers import several_workers

REDUCTIONS = ("auto", "sum", "first", "concat")  # of logs; "auto" adds, as in Keras 2

_current = threading.local()  # strategies run each replica in a separate thread


class Share:
    """Part of a global batch that one replica processes.

    Args:
        rows: Rows of the replica, a number or a scalar tensor.
        total: Rows of all replicas.
    """

    def __init__(self, rows, total):
        self.rows, self.total = rows, total

    @classmethod
    def of(cls, rows):
        """Return the `Share` of this replica, which has `rows` rows; None if there is only one
        replica.

        Outside the steps of a model, where the batch has not been split, all replicas count
        equally.
        """
        share = getattr(_current, "share", None)
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if share is None and replicas > 1:
            share = cls(1 if rows is None else rows, replicas if rows is None else rows * replicas)
        return share

    def of_mean(self, mean, mask=None):
        """Scale a mean over the replica's rows so that the sum over replicas is the mean over all
        rows (of those in `mask`).
        """
        part, whole = self.rows, self.total
        if mask is not None:
            part = tf.math.count_nonzero(mask, dtype=tf.float32)
            whole = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, part)
        return self.defined(mean) * tf.cast(_quotient(part, whole), mean.dtype)

    def defined(self, mean):
        """Return a mean over the replica's rows, 0 instead of NaN if it has none."""
        return tf.where(tf.greater(self.rows, 0), mean, tf.zeros_like(mean))

    def unscaled(self, summand):
        """Return the value of the replica's loss term for a running mean weighted by rows."""
        return tf.math.divide_no_nan(summand, tf.cast(self.fraction, summand.dtype))

    @property
    def fraction(self):
        """Fraction of the rows that this replica has."""
        return _quotient(self.rows, self.total)


def _quotient(part, whole):
    return tf.math.divide_no_nan(tf.cast(part, tf.float32), tf.cast(whole, tf.float32))


@contextlib.contextmanager
def part_of(data, by_worker=False):
    """Return this replica's rows of a batch; `Share.of` reports them during the call.

    Args:
        data: Nest of tensors, dense, ragged or sparse, that agree in their first axis.
        by_worker: Whether to split among the replicas of this process only. Defaults to False.
    """
    context = tf.distribute.get_replica_context()
    count, number = context.num_replicas_in_sync, context.replica_id_in_sync_group
    if by_worker:
        count = len(context.strategy.extended.worker_devices)
        number = number % count
    known = tf.get_static_value(number)
    number = number if known is None else int(known)
    leaves = [leaf for leaf in tensors_of(data) if leaf.shape.rank != 0]
    total = _rows(leaves[0]) if leaves else 1
    first, rows = _place(number, count, total)
    _current.share = Share(rows, total)
    try:
        yield map_tensors(
            lambda leaf: leaf if leaf.shape.rank == 0 else _take(leaf, first, rows), data
        )
    finally:
        _current.share = None


@contextlib.contextmanager
def own(part):
    """Return rows that a strategy has already split; `Share.of` reports the total during the call.

    Args:
        part: Nest of tensors, this replica's rows.
    """
    leaves = [leaf for leaf in tensors_of(part) if leaf.shape.rank != 0]
    rows = _rows(leaves[0]) if leaves else 1
    total = tf.distribute.get_replica_context().all_reduce(
        tf.distribute.ReduceOp.SUM, tf.cast(rows, tf.float32)
    )
    _current.share = Share(rows, total)
    try:
        yield part
    finally:
        _current.share = None


def is_divided(data):
    """Return whether the tensors in `data` are per-replica values."""
    return any(isinstance(leaf, tf.distribute.DistributedValues) for leaf in tensors_of(data))


def _place(number, count, total):
    """Return the first row and the number of rows of replica `number` of `count`.

    >>> [_place(number, 3, 5) for number in range(3)]
    [(0, 2), (2, 2), (4, 1)]
    """
    each, left = total // count, total % count
    if isinstance(number, int) and isinstance(total, int):
        return number * each + min(number, left), each + (number < left)
    return number * each + tf.minimum(number, left), each + tf.cast(tf.less(number, left), tf.int32)


def _rows(leaf):
    if leaf.shape[0] is not None:
        return leaf.shape[0]
    if isinstance(leaf, tf.RaggedTensor):
        return tf.cast(leaf.nrows(), tf.int32)
    if isinstance(leaf, tf.SparseTensor):
        return tf.cast(leaf.dense_shape[0], tf.int32)
    return tf.shape(leaf)[0]


def _take(leaf, first, rows):
    if isinstance(leaf, tf.SparseTensor):
        others = leaf.dense_shape[1:]
        start = tf.concat([[tf.cast(first, tf.int64)], tf.zeros_like(others)], 0)
        return tf.sparse.slice(leaf, start, tf.concat([[tf.cast(rows, tf.int64)], others], 0))
    return leaf[first : first + rows]


def joined(parts):
    """Return the concatenated outputs of all replicas."""
    return (
        tf.sparse.concat(0, list(parts))
        if isinstance(parts[0], tf.SparseTensor)
        else tf.concat(parts, 0)
    )


def mark_common(result):
    """Mark the tensors of a nest as the same in all replicas of all workers, and return it."""
    for leaf in filter(tf.is_tensor, tf.nest.flatten(result)):
        leaf._is_common = True
    return result


def combined(value, strategy, reduction):
    """Return the value of all replicas of all workers, the same on each worker.

    Args:
        value: What `strategy.run` returned. What the replicas have in common stays as it is.
        strategy: The strategy.
        reduction: One of `REDUCTIONS`.
    """
    parts, elsewhere = strategy.experimental_local_results(value), several_workers(strategy)
    is_several = isinstance(value, tf.distribute.DistributedValues)
    is_single = not is_several and not (elsewhere and tf.is_tensor(value))
    if is_single or all(getattr(part, "_is_common", False) for part in parts):
        return parts[0]
    if reduction in ("auto", "sum"):
        return strategy.reduce(tf.distribute.ReduceOp.SUM, value, axis=None)
    stack = reduction == "first" or not parts[0].shape.rank
    if stack:
        value = strategy.run(tf.expand_dims, args=(value, 0))
    everything = (
        strategy.gather(value, axis=0)
        if elsewhere
        else joined(strategy.experimental_local_results(value))
    )
    return everything[0] if reduction == "first" else everything


def parameter_servers(strategy):
    """Return whether variables are stored on servers and a coordinator schedules work."""
    return isinstance(strategy, tf.distribute.ParameterServerStrategy)
