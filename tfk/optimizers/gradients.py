"""Processing of gradients before an update: missing gradients, replicas, clipping, repeated
rows.
"""

import warnings

import tensorflow as tf

from tfk.optimizers.distribution import check_one_replica, in_replica_context
from tfk.utils.tensorflow_internals import needs_no_merge_call


def drop_missing(grads_and_vars):
    """Return the pairs that have a gradient; warn about the others.

    Args:
        grads_and_vars: Pairs of a gradient (or None) and its variable.
    Raises: ValueError if no variable has a gradient.
    """
    present = [(g, v) for g, v in grads_and_vars if g is not None]
    missing = [v.name for g, v in grads_and_vars if g is None]
    if not present:
        raise ValueError(
            f"No gradients for any of the variables {missing}. Compute the loss from these"
            " variables inside the GradientTape, and pass a loss to compile()."
        )
    if missing:
        warnings.warn(
            f"No gradients for the variables {missing}: the loss does not depend on them, and they"
            " stay as they are."
        )
    return present


def sum_across_replicas(grads_and_vars):
    """Return the pairs with gradients summed over the replicas of the current strategy."""
    present = [(g, v) for g, v in grads_and_vars if g is not None]
    if not present or not tf.distribute.has_strategy():
        return list(grads_and_vars)
    if not in_replica_context():
        check_one_replica("apply_gradients")
        return list(grads_and_vars)
    context = tf.distribute.get_replica_context()
    if needs_no_merge_call():
        summed = context.all_reduce(tf.distribute.ReduceOp.SUM, [g for g, _ in present])
    else:
        summed = context.merge_call(_sum_of_replicas, args=(present,))
    summed = iter(summed)
    return [(None if g is None else next(summed), v) for g, v in grads_and_vars]


def _sum_of_replicas(strategy, pairs):
    """Return sums of gradients in the cross-replica context.

    Sparse gradients on the devices of one process are concatenated without collectives, which
    reject a number of rows that varies between steps of one graph call.
    """
    joined = isinstance(strategy, tf.distribute.MirroredStrategy)
    sparse = [joined and _is_sparse(strategy, gradient) for gradient, _ in pairs]
    reductions = (
        (strategy.extended.batch_reduce_to, [p for p, apart in zip(pairs, sparse) if not apart]),
        (
            tf.distribute.ReductionToOneDevice().batch_reduce,
            [p for p, apart in zip(pairs, sparse) if apart],
        ),
    )
    dense, rows = (
        iter(reduce(tf.distribute.ReduceOp.SUM, some) if some else ())
        for reduce, some in reductions
    )
    return [next(rows if apart else dense) for apart in sparse]


def _is_sparse(strategy, gradient):
    return isinstance(strategy.experimental_local_results(gradient)[0], tf.IndexedSlices)


def clip(gradients, clipnorm=None, global_clipnorm=None, clipvalue=None):
    """Clip gradients by norm, by global norm, or by value.

    The first of these options that is a positive number applies. Rows of `tf.IndexedSlices` are
    used as they are, before repeated rows are summed, as in Keras 2.
    """
    if clipnorm:
        return [tf.clip_by_norm(g, clipnorm) for g in gradients]
    if global_clipnorm:
        return tf.clip_by_global_norm(gradients, global_clipnorm)[0]
    if clipvalue:
        return [tf.clip_by_value(g, -clipvalue, clipvalue) for g in gradients]
    return list(gradients)


def sum_repeated_rows(gradient):
    """Return `tf.IndexedSlices` with unique rows; dense gradients are returned unchanged."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, place = tf.unique(gradient.indices)
    summed = tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows))
    return tf.IndexedSlices(summed, rows, gradient.dense_shape)


def densify(gradient, variable):
    """Return the gradient as a tensor in the variable's shape, with repeated rows summed."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows = variable.shape[0] if variable.shape.rank else None
    count = tf.shape(variable)[0] if rows is None else rows
    dense = tf.math.unsorted_segment_sum(gradient.values, gradient.indices, count)
    dense.set_shape(variable.shape)
    return dense


def scale(gradient, factor):
    """Multiply a gradient by a scalar tensor; sparse gradients stay sparse."""
    if isinstance(gradient, tf.IndexedSlices):
        values = gradient.values * tf.cast(factor, gradient.values.dtype)
        return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return gradient * tf.cast(factor, gradient.dtype)
