"""`keras.utils.losses_utils`: reductions, and alignment of ranks."""

import tensorflow as tf

from tfk.losses.reduction import Reduction, compute_weighted_loss

ReductionV2 = Reduction


def squeeze_or_expand_dimensions(y_pred, y_true=None, sample_weight=None):
    """Drop or add last axes of size 1, so that the three ranks match.

    Returns: `(y_pred, y_true)`, with `sample_weight` as third where it is given.
    """
    if y_true is not None and y_true.shape.rank is not None and y_pred.shape.rank is not None:
        y_true, y_pred = remove_squeezable_dimensions(y_true, y_pred)
    if sample_weight is None:
        return y_pred, y_true
    rank, wanted = sample_weight.shape.rank, y_pred.shape.rank
    if rank and wanted is not None:
        if rank - wanted == 1 and sample_weight.shape[-1] == 1:
            sample_weight = tf.squeeze(sample_weight, [-1])
        elif wanted - rank == 1:
            sample_weight = tf.expand_dims(sample_weight, [-1])
    return y_pred, y_true, sample_weight


def remove_squeezable_dimensions(labels, predictions, expected_rank_diff=0, name=None):
    """Drop a last axis of size 1 from the one whose rank is one too high.

    Returns: `(labels, predictions)`.
    """
    with tf.name_scope(name or "remove_squeezable_dimensions"):
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        difference = (predictions.shape.rank or 0) - (labels.shape.rank or 0)
        if difference == expected_rank_diff + 1 and predictions.shape[-1] == 1:
            predictions = tf.squeeze(predictions, [-1])
        elif difference == expected_rank_diff - 1 and labels.shape[-1] == 1:
            labels = tf.squeeze(labels, [-1])
        return labels, predictions


def cast_losses_to_common_dtype(losses):
    """Return the losses in the widest floating dtype among them."""
    widest = max((loss.dtype for loss in losses if loss.dtype.is_floating), key=lambda d: d.size)
    return [tf.cast(loss, widest) for loss in losses]


def scale_loss_for_distribution(loss_value):
    """Return the loss divided by the number of replicas."""
    return loss_value / tf.distribute.get_strategy().num_replicas_in_sync


__all__ = [
    "Reduction",
    "ReductionV2",
    "cast_losses_to_common_dtype",
    "compute_weighted_loss",
    "remove_squeezable_dimensions",
    "scale_loss_for_distribution",
    "squeeze_or_expand_dimensions",
]
