"""Who takes which rows of a batch among the replicas of a distribution strategy.

A batch is the global batch. Every replica is given all of it and cuts out its own rows inside the
graph: one after another, evenly, the first ones a row more where the number does not divide. A
replica may be left without rows.
"""

import contextlib
import threading

import tensorflow as tf

from tfk.utils.nest import map_tensors, tensors_of

_current = threading.local()  # strategies run each replica in a thread of its own


class Share:
    """How much of a global batch one replica works on.

    Args:
        rows: Rows of the replica, a number or a scalar tensor.
        total: Rows of all replicas.
    """

    def __init__(self, rows, total):
        self.rows, self.total = rows, total

    @classmethod
    def of(cls, rows):
        """The share of this replica, of `rows` rows; None where there is one replica only.

        Outside of the steps of a model, where nobody has divided the batch, all replicas count
        alike.
        """
        share = getattr(_current, "share", None)
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if share is None and replicas > 1:
            share = cls(1 if rows is None else rows, replicas if rows is None else rows * replicas)
        return share

    def of_mean(self, mean, mask=None):
        """A mean over the replica's rows as its summand of the mean over all rows (of those in
        `mask`).
        """
        part, whole = self.rows, self.total
        if mask is not None:
            part = tf.math.count_nonzero(mask, dtype=tf.float32)
            whole = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, part)
        mean = tf.where(
            tf.greater(self.rows, 0), mean, tf.zeros_like(mean)
        )  # of no rows: perhaps NaN
        return mean * tf.cast(_quotient(part, whole), mean.dtype)

    def unscaled(self, summand):
        """What a running mean weighted by rows has to be given for the replica's summand of a
        loss.
        """
        return tf.math.divide_no_nan(summand, tf.cast(self.fraction, summand.dtype))

    @property
    def fraction(self):
        """Part of the rows that this replica has."""
        return _quotient(self.rows, self.total)


def _quotient(part, whole):
    return tf.math.divide_no_nan(tf.cast(part, tf.float32), tf.cast(whole, tf.float32))


@contextlib.contextmanager
def part_of(data, by_worker=False):
    """Gives this replica's rows of a batch; `Share.of` knows of them meanwhile.

    Args:
        data: Nest of tensors, dense, ragged or sparse, that agree in their first axis.
        by_worker: Divide among the replicas of this process, not among those of all workers.
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
    """For rows that a strategy has divided; `Share.of` knows meanwhile how many all replicas have.

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
    """Whether the tensors in `data` are values of several replicas."""
    return any(isinstance(leaf, tf.distribute.DistributedValues) for leaf in tensors_of(data))


def _place(number, count, total):
    """First row and number of rows of replica `number` of `count`.

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
    """The outputs of all replicas, one after another."""
    return (
        tf.sparse.concat(0, list(parts))
        if isinstance(parts[0], tf.SparseTensor)
        else tf.concat(parts, 0)
    )


def parameter_servers(strategy):
    """Whether variables lie on servers, and a coordinator hands work to the workers."""
    return isinstance(strategy, tf.distribute.ParameterServerStrategy)
