"""Alignment of targets, outputs, sample weights and masks of different ranks.

Ranks are nearly always known when a step is traced, which leaves only a squeeze or an expansion in
the graph. If a rank is only known at run time, the same rule is applied to the dynamic shape.
"""

import numpy as np
import tensorflow as tf

from tfk.utils.masks import get_mask

HOST_VALUES = (np.ndarray, np.generic, int, float, complex, list, tuple, str)


def to_tensor(value):
    """Convert host values (arrays, numbers, lists of numbers) to tensors; return anything else,
    such as distributions, unchanged.
    """
    is_host = isinstance(value, HOST_VALUES) or hasattr(type(value), "__array__")
    return tf.convert_to_tensor(value) if is_host and not tf.is_tensor(value) else value


def align_targets(y_true, y_pred):
    """Drop a last axis of size 1 that only one of the two has.

    Args:
        y_true: Targets, a tensor.
        y_pred: Predictions, a tensor.
    Returns: `(y_true, y_pred)`.
    >>> [x.shape.as_list() for x in align_targets(tf.zeros((4, 1)), tf.zeros((4,)))]
    [[4], [4]]
    """
    true_rank, pred_rank = y_true.shape.rank, y_pred.shape.rank
    if true_rank is None or pred_rank is None:
        excess = tf.rank(y_pred) - tf.rank(y_true)
        return (
            _squeeze_if(excess == -1, y_true),
            _squeeze_if((excess == 1) & (tf.shape(y_pred)[-1] == 1), y_pred),
        )
    if pred_rank == true_rank + 1 and y_pred.shape[-1] == 1:
        return y_true, tf.squeeze(y_pred, -1)
    if true_rank == pred_rank + 1 and y_true.shape[-1] in (None, 1):
        return tf.squeeze(y_true, -1), y_pred
    return y_true, y_pred


def align_weights(sample_weight, values):
    """Match the rank of weights to the values they scale by dropping or adding one last axis.

    Args:
        sample_weight: Weights of any rank; scalars stay scalars.
        values: Values to be multiplied by the weights.
    Returns: The weights.
    Raises: ValueError if the static shapes are incompatible.
    >>> align_weights(tf.ones((8,)), tf.ones((8, 5))).shape.as_list()
    [8, 1]
    """
    given = sample_weight.shape
    rank, value_rank = given.rank, values.shape.rank
    if rank == 0 or value_rank == 0:
        return sample_weight
    if rank is None or value_rank is None:
        return _align_weights_dynamically(sample_weight, values)
    if rank == value_rank + 1 and sample_weight.shape[-1] in (None, 1):
        sample_weight = tf.squeeze(sample_weight, -1)
    elif rank == value_rank - 1:
        sample_weight = tf.expand_dims(sample_weight, -1)
    elif rank < value_rank and not _broadcasts(sample_weight.shape, values.shape):
        # One weight for a whole image or sequence of loss values.
        for _ in range(value_rank - rank):
            sample_weight = tf.expand_dims(sample_weight, -1)
    if not _broadcasts(sample_weight.shape, values.shape):
        raise ValueError(
            f"sample_weight has shape {tuple(given)}, which does not fit values of shape "
            f"{tuple(values.shape)}. Pass one weight per sample, shape (batch,), or one per value."
        )
    return sample_weight


def _broadcasts(shape, other):
    pairs = zip(reversed(shape.as_list()), reversed(other.as_list()))
    return all(None in pair or 1 in pair or pair[0] == pair[1] for pair in pairs)


def _squeeze_if(condition, tensor):
    """Drop the last axis if `condition` (a tensor) holds, without a branch in the graph."""
    return tf.reshape(tensor, tf.shape(tensor)[: tf.rank(tensor) - tf.cast(condition, tf.int32)])


def _align_weights_dynamically(sample_weight, values):
    excess = tf.rank(sample_weight) - tf.rank(values)
    missing = tf.cast((excess == -1) & (tf.rank(sample_weight) > 0), tf.int32)
    kept = tf.shape(sample_weight)[: tf.rank(sample_weight) - tf.cast(excess == 1, tf.int32)]
    return tf.reshape(sample_weight, tf.concat([kept, tf.ones([missing], tf.int32)], 0))


def apply_mask(values, sample_weight, mask):
    """Set weights to zero where the mask is False.

    Args:
        values: Tensor whose dtype is used.
        sample_weight: Weights or None.
        mask: Boolean mask or None.
    Returns: `mask * sample_weight` in the dtype of `values`, or `sample_weight` unchanged without a
        mask.
    """
    if mask is None:
        return sample_weight
    mask = tf.cast(mask, values.dtype)
    if sample_weight is None:
        return mask
    sample_weight = tf.cast(to_tensor(sample_weight), mask.dtype)
    return align_weights(sample_weight, mask) * mask


def apply_valid_mask(values, sample_weight, mask, average):
    """Apply a mask and rescale, so that an average over all values is one over the unmasked values.

    Args:
        values: The loss values.
        sample_weight: Weights or None.
        mask: Boolean mask or None.
        average: Whether the values will be averaged rather than summed or kept.
    """
    if mask is None:
        return sample_weight
    if average:
        # In float32: half precision cannot count that far. A batch without a valid value weighs
        # zero.
        weights = tf.cast(mask, tf.float32)
        scale = tf.math.divide_no_nan(tf.cast(tf.size(mask), tf.float32), tf.reduce_sum(weights))
        mask = weights * scale
    return apply_mask(values, sample_weight, mask)


def combined_mask(*tensors):
    """Return the conjunction of the masks attached to tensors; None if there are none."""
    masks = [mask for mask in map(get_mask, tensors) if mask is not None]
    if not masks:
        return None
    combined = masks[0]
    for mask in masks[1:]:
        combined = combined & mask
    return combined
