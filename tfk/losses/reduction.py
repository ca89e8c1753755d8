"""Reduction of per-sample losses to the scalar that is minimized."""

import tensorflow as tf

from tfk.losses.alignment import align_weights, to_tensor


class Reduction:
    """Names of the loss reductions.

    `AUTO` and `SUM_OVER_BATCH_SIZE` divide the sum by the number of values, `SUM` adds the values,
    `NONE` returns them unreduced.

    >>> Reduction.SUM
    'sum'
    """

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls):
        """Return the four names."""
        return cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE

    @classmethod
    def validate(cls, key):
        """Raise ValueError if `key` is not one of the names."""
        if key not in cls.all():
            listed = ", ".join(map(repr, cls.all()))
            raise ValueError(f"Expected reduction to be one of {listed}, got {key!r}.")


def is_average(reduction):
    """Return True for the reductions that divide by the number of values."""
    return reduction in (Reduction.AUTO, Reduction.SUM_OVER_BATCH_SIZE)


def reduce_loss(values, reduction=Reduction.SUM_OVER_BATCH_SIZE):
    """Apply a `Reduction` to loss values; the average of an empty batch is 0.

    >>> float(reduce_loss(tf.constant([1.0, 2.0, 6.0])))
    3.0
    """
    if reduction == Reduction.NONE:
        return values
    if reduction == Reduction.SUM:
        return tf.reduce_sum(values)
    if values.dtype in (tf.float16, tf.bfloat16):  # which can neither add nor count that far
        return tf.cast(reduce_loss(tf.cast(values, tf.float32), reduction), values.dtype)
    if isinstance(values, tf.Tensor) and values.shape.num_elements():
        return tf.reduce_mean(values)  # a single op if the batch is known to be non-empty
    return tf.math.divide_no_nan(tf.reduce_sum(values), tf.cast(tf.size(values), values.dtype))


def compute_weighted_loss(losses, sample_weight=None, reduction=Reduction.SUM_OVER_BATCH_SIZE):
    """Scale loss values by weights and reduce them; averages divide by the number of values.

    Args:
        losses: Per-sample values, a tensor of any rank, dense or ragged.
        sample_weight: None, a number, one weight per sample, or weights in the shape of the values.
            Defaults to None.
        reduction: One of `Reduction`. Defaults to `"sum_over_batch_size"`.
    Returns: A scalar, or values for `Reduction.NONE`, in the dtype of `losses`.
    >>> float(compute_weighted_loss([2.0, 4.0], sample_weight=[1.0, 0.0]))
    1.0
    """
    Reduction.validate(reduction)
    losses = to_tensor(losses)
    if not losses.dtype.is_floating:
        average = compute_weighted_loss(tf.cast(losses, tf.float32), sample_weight, reduction)
        return tf.cast(average, losses.dtype)
    if sample_weight is not None:
        sample_weight = tf.cast(to_tensor(sample_weight), losses.dtype)
        losses = losses * align_weights(sample_weight, losses)
    return reduce_loss(losses, reduction)
