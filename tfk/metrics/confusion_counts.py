"""Counts of true and false positives and negatives at thresholds."""

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.losses.alignment import align_targets, align_weights, to_tensor
from tfk.metrics.alignment import flatten_ragged
from tfk.utils.checks import describe
from tfk.utils.loading import reserve

# Score of entries outside the k highest: below every threshold.
NEVER = -1e10


def check_thresholds(owner, thresholds, default):
    """Return thresholds as a tuple of numbers in `[0, 1]`; None gives the default."""
    if thresholds is None:
        return (default,)
    thresholds = (
        tuple(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else (thresholds,)
    )
    wrong = [threshold for threshold in thresholds if threshold is None or not 0 <= threshold <= 1]
    if wrong or not thresholds:
        raise ValueError(
            f"{describe(owner)}: expected thresholds in [0, 1], got {wrong or thresholds}."
        )
    return thresholds


def even_thresholds(count):
    """Return `count` evenly spaced thresholds from 0 to 1."""
    reserve(f"A list of {count} thresholds", elements=4 * count)
    return tuple(i / (count - 1) for i in range(count))


def are_even(thresholds):
    """Return True for three or more evenly spaced thresholds from 0 to 1 (up to epsilon)."""
    count = len(thresholds)
    if count < 3:
        return False
    return np.allclose(
        thresholds, np.arange(count, dtype=np.float32) / (count - 1), atol=config.epsilon()
    )


def labelled_scores(
    metric, y_true, y_pred, sample_weight, top_k=None, class_id=None, by_label=False
):
    """Return labels 0 and 1, scores and weights of a batch as vectors or, by label, as matrices.

    Args:
        metric: The metric, for its dtype and for messages.
        y_true: Labels; any nonzero value counts as 1.
        y_pred: Scores, same shape as `y_true`.
        sample_weight: Weights with one axis less, or that broadcast to the scores; None for 1.
        top_k: Number of highest scores along the last axis that can be positive; None for all.
            Defaults to None.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        by_label: Whether to keep the columns separate. Defaults to False.
    Returns: `(labels, scores, weights)` of shape `(values,)`, or `(batch, labels)`; weights may be
        None.
    """
    dtype = metric.dtype
    y_true, y_pred = tf.cast(y_true, dtype), tf.cast(y_pred, dtype)
    if not by_label:
        (y_true, y_pred), sample_weight = flatten_ragged([y_true, y_pred], sample_weight)
    y_true, y_pred = align_targets(y_true, y_pred)
    if not y_true.shape.is_compatible_with(y_pred.shape):
        raise ValueError(
            f"{describe(metric)}: expected y_true and y_pred of one shape, got"
            f" {tuple(y_true.shape)} and {tuple(y_pred.shape)}. Integer class ids need one column"
            " per class here: tf.one_hot(y, classes)."
        )
    if sample_weight is not None:
        sample_weight = align_weights(tf.cast(to_tensor(sample_weight), dtype), y_pred)
    columns = y_pred.shape[-1] if y_pred.shape.rank else None
    for argument, least in (
        ("top_k", top_k),
        ("class_id", None if class_id is None else class_id + 1),
    ):
        if least is not None and columns is not None and least > columns:
            raise ValueError(
                f"{describe(metric)}: {argument}={getattr(metric, argument)} does not exist in"
                f" outputs of shape {tuple(y_pred.shape)}."
            )
    if top_k is not None:
        y_pred = keep_top(y_pred, top_k)
    if class_id is not None:
        y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
    labels = tf.cast(tf.cast(y_true, tf.bool), dtype)
    if sample_weight is not None:
        sample_weight = tf.broadcast_to(sample_weight, tf.shape(y_pred))
    if not by_label:
        labels, y_pred = (tf.reshape(value, [-1]) for value in (labels, y_pred))
        sample_weight = None if sample_weight is None else tf.reshape(sample_weight, [-1])
    return labels, y_pred, sample_weight


def keep_top(scores, k):
    """Set all scores except the `k` highest along the last axis to `NEVER`."""
    _, indices = tf.math.top_k(scores, k, sorted=False)
    chosen = tf.reduce_sum(tf.one_hot(indices, tf.shape(scores)[-1], dtype=scores.dtype), axis=-2)
    return scores * chosen + NEVER * (1.0 - chosen)


def count(labels, scores, weights, thresholds, evenly, names):
    """Return weighted numbers of true and false positives and negatives at each threshold.

    Args:
        labels: 0 or 1, shape `(values,)`, or `(batch, labels)` to count columns separately.
        scores: Scores, same shape as `labels`; positive if above a threshold.
        weights: Weights, same shape as `labels`, or None for 1.
        thresholds: Numbers in ascending order.
        evenly: Whether the thresholds are evenly spaced from 0 to 1; scores are then sorted into
            bins.
        names: Counts to compute: `"true_positives"`, `"false_positives"`, `"true_negatives"`,
            `"false_negatives"`.
    Returns: One tensor per name, of shape `(thresholds,)` or `(thresholds, labels)`.
    >>> [n.numpy().tolist() for n in count(
    ...     tf.constant([0.0, 1.0, 1.0]), tf.constant([0.2, 0.4, 0.8]), None, (0.3, 0.5), False,
    ...     ("true_positives", "false_negatives"))]
    [[2.0, 1.0], [0.0, 1.0]]
    """
    ones = labels if weights is None else labels * weights
    zeros = 1.0 - labels if weights is None else (1.0 - labels) * weights
    above = _sums_by_bins if evenly else _sums_by_comparison
    return above(ones, zeros, scores, thresholds, names)


def _sums_by_comparison(ones, zeros, scores, thresholds, names):
    """Compare every score with every threshold."""
    column = tf.reshape(tf.constant(thresholds, scores.dtype), [-1] + [1] * scores.shape.rank)
    above = tf.cast(scores > column, scores.dtype)  # (thresholds, values[, labels])
    sums = {
        "true_positives": lambda: above * ones,
        "false_positives": lambda: above * zeros,
        "true_negatives": lambda: (1.0 - above) * zeros,
        "false_negatives": lambda: (1.0 - above) * ones,
    }
    return [tf.reduce_sum(sums[name](), axis=1) for name in names]


def _sums_by_bins(ones, zeros, scores, thresholds, names):
    """Sort each score into the bin of the highest threshold below it and sum the bins from
    above.
    """
    bins = len(thresholds)
    # AUC moves its outer thresholds beyond 0 and 1, so that a score of 0 is above the first one.
    # With a first threshold of exactly 0 such a score is in bin -1, and segment sums leave that
    # out.
    first = 0 if thresholds[0] < 0.0 else -1
    index = tf.math.ceil(tf.clip_by_value(scores, 0.0, 1.0) * (bins - 1)) - 1.0
    index = tf.cast(tf.maximum(index, float(first)), tf.int32)
    labels = scores.shape[1] if scores.shape.rank == 2 else None
    if labels is not None:  # columns apart: bins for each of them
        index = index * labels + tf.range(labels)

    def above(values):
        in_bins = tf.math.unsorted_segment_sum(values, index, bins * (labels or 1))
        return tf.cumsum(
            in_bins if labels is None else tf.reshape(in_bins, (bins, labels)), reverse=True
        )

    true, false = above(ones), above(zeros)
    sums = {
        "true_positives": lambda: true,
        "false_positives": lambda: false,
        "true_negatives": lambda: tf.reduce_sum(zeros, axis=0) - false,
        "false_negatives": lambda: tf.reduce_sum(ones, axis=0) - true,
    }
    return [sums[name]() for name in names]


def ratio(part, rest):
    """Return `part / (part + rest)`, or 0 if both are 0: precision, recall, sensitivity,
    specificity.
    """
    return tf.math.divide_no_nan(part, part + rest)
