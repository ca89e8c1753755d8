"""Mean and variance of a batch, optionally across replicas."""

import tensorflow as tf


def batch_moments(values, axes, keepdims, mask, synchronized):
    """Return mean and variance over `axes`.

    Args:
        values: Floating-point tensor.
        axes: List of axes.
        keepdims: Whether to keep the reduced axes with size 1.
        mask: Boolean tensor without the last axis of `values`, False where values are ignored; or
            None.
        synchronized: Whether to include the batches of all replicas.
    """
    weights = None if mask is None else tf.expand_dims(tf.cast(mask, values.dtype), axis=-1)
    replica = tf.distribute.get_replica_context()
    if synchronized and replica is not None and replica.num_replicas_in_sync > 1:
        return _moments_of_all(replica, values, weights, axes, keepdims)
    if weights is None:
        moments = tf.nn.moments(values, axes, keepdims=keepdims)
    else:
        moments = tf.nn.weighted_moments(values, axes, weights, keepdims=keepdims)
    if synchronized or not replica_may_be_empty():
        return moments
    is_filled = tf.cast(tf.shape(values)[0] > 0, values.dtype)
    return tuple(tf.math.multiply_no_nan(moment, is_filled) for moment in moments)


def move_towards(average, value, momentum, is_filled=None):
    """Move a moving average towards `value` and return it.

    Args:
        average: The variable.
        value: The new value, a tensor.
        momentum: Weight of the previous average.
        is_filled: Boolean tensor; False leaves the average unchanged. None means True. Defaults to
            None.
    """
    change = (average - tf.cast(value, average.dtype)) * (1.0 - momentum)
    if is_filled is not None:
        change = tf.where(is_filled, change, tf.zeros_like(change))
    average.assign_sub(change)
    return average


def replica_may_be_empty():
    """Return True if several replicas share a batch: the last one may not reach all of them."""
    return tf.distribute.has_strategy() and tf.distribute.get_strategy().num_replicas_in_sync > 1


def _moments_of_all(replica, values, weights, axes, keepdims):
    """Return mean and variance over the batches of all replicas, with one all-reduce of sums."""
    if weights is None:
        weights = tf.ones_like(values)
    weights = tf.broadcast_to(weights, tf.shape(values))
    total, squares, count = replica.all_reduce(
        tf.distribute.ReduceOp.SUM,
        [
            tf.reduce_sum(summed, axes, keepdims=keepdims)
            for summed in (values * weights, tf.square(values) * weights, weights)
        ],
    )
    mean = tf.math.divide_no_nan(total, count)
    return mean, tf.maximum(tf.math.divide_no_nan(squares, count) - tf.square(mean), 0.0)
