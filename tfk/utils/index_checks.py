"""Indices out of range in code that XLA compiles, whose kernels clamp them or give NaN.

On a CPU without XLA the operations themselves raise errors. XLA drops assertions, so a step reports
the smallest and largest index of each check instead, and the loop around it looks at them.
"""

import contextlib
import dataclasses
import threading

import tensorflow as tf

_STATE = threading.local()


@dataclasses.dataclass(frozen=True)
class IndexCheck:
    """Range of valid indices: at least 0 and below `limit`; `owner` appears in messages."""

    owner: str
    limit: int


class Collection:
    """The checks of one traced function, and the extremes of the indices there."""

    def __init__(self, graph):
        self.graph, self.checks, self.extremes = graph, [], []

    def stacked(self):
        """Return the extremes as one int64 tensor `(checks, 2)`."""
        return tf.stack(self.extremes)


@contextlib.contextmanager
def collecting():
    """Context of the trace of a step: yields the `Collection` of the checks in it."""
    before = getattr(_STATE, "collection", None)
    _STATE.collection = collection = Collection(tf.constant(0).graph)
    try:
        yield collection
    finally:
        _STATE.collection = before


def check_indices(indices, limit, owner):
    """Has the loop check that `0 <= indices < limit`, if the code will be compiled by XLA.

    Inside functions and loops within a step nothing is checked: their tensors cannot leave them.

    Args:
        indices: Integer tensor, dense, ragged or sparse.
        limit: Number of entries, or None if it is unknown.
        owner: Whose indices these are, for the message.
    """
    collection = getattr(_STATE, "collection", None)
    if collection is None or limit is None:
        return
    if isinstance(indices, tf.RaggedTensor):
        indices = indices.flat_values
    elif isinstance(indices, tf.SparseTensor):
        indices = indices.values
    if tf.executing_eagerly() or indices.graph is not collection.graph:
        return
    extremes = [tf.reduce_min(indices), tf.reduce_max(indices)]
    collection.checks.append(IndexCheck(owner, int(limit)))
    collection.extremes.append(tf.cast(tf.stack(extremes), tf.int64))


def all_in_range(checks, extremes):
    """Return whether all extremes are in range, a scalar tensor."""
    limits = tf.constant([check.limit for check in checks], tf.int64)
    return tf.reduce_all((extremes[:, 0] >= 0) & (extremes[:, 1] < limits))


def raise_out_of_range(checks, extremes):
    """Raise InvalidArgumentError for the first check that failed, if one did."""
    for check, (lowest, highest) in zip(checks, extremes.numpy().tolist()):
        if lowest < 0 or highest >= check.limit:
            wrong = lowest if lowest < 0 else highest
            raise tf.errors.InvalidArgumentError(
                None, None, f"{check.owner} must be in [0, {check.limit}), got {wrong}."
            )
