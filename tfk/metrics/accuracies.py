"""Shares of right answers."""

import tensorflow as tf

from tfk import config
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_number, check_positive_int
from tfk.utils.logits import logits_of


def equal(y_true, y_pred):
    """1 where the two agree, 0 elsewhere, in `floatx`."""
    return tf.cast(tf.equal(y_true, tf.cast(y_pred, y_true.dtype)), config.floatx())


@register("metrics", aliases=("acc", "ACC"))
@runs_as_written
def accuracy(y_true, y_pred):
    """1 where target and output are equal, 0 elsewhere.

    Args:
        y_true: Targets of any shape.
        y_pred: Outputs of the same shape.
    Returns: Values of that shape.
    Raises: ValueError if the shapes differ.
    >>> accuracy([1, 2, 3], [1, 5, 3]).numpy()
    array([1., 0., 1.], dtype=float32)
    """
    y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    if not y_true.shape.is_compatible_with(y_pred.shape):
        raise ValueError(
            f"accuracy: expected y_true and y_pred of one shape, got {tuple(y_true.shape)} and"
            f" {tuple(y_pred.shape)}. For class scores use categorical or sparse categorical"
            " accuracy."
        )
    return equal(y_true, y_pred)


@runs_as_written
def binary_matches(y_true, y_pred, threshold=0.5):
    """1 where `y_pred > threshold` is what `y_true` (0 or 1) says, 0 elsewhere."""
    y_pred = tf.convert_to_tensor(y_pred)
    return equal(tf.cast(y_true, y_pred.dtype), y_pred > tf.cast(threshold, y_pred.dtype))


@register("metrics")
@runs_as_written
def binary_accuracy(y_true, y_pred, threshold=0.5):
    """Share of right yes/no answers along the last axis.

    Args:
        y_true: Targets 0 and 1, shape `(batch, ..., n)`.
        y_pred: Probabilities of the same shape.
        threshold: Above it the answer is 1.
    Returns: Values of shape `(batch, ...)`.
    >>> binary_accuracy([[1, 0]], [[0.6, 0.7]]).numpy()
    array([0.5], dtype=float32)
    """
    return tf.reduce_mean(binary_matches(y_true, y_pred, threshold), axis=-1)


@runs_as_written
def sparse_matches(y_true, y_pred):
    """1 where the highest score is that of class `y_true`; a last axis of size 1 of `y_true` is
    kept.
    """
    y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    logits = logits_of(y_pred, "softmax")  # the same order, and no softmax is needed for it
    chosen = tf.argmax(y_pred if logits is None else logits, axis=-1)
    if y_true.shape.rank is not None and y_true.shape.rank == y_pred.shape.rank:
        chosen = tf.expand_dims(chosen, -1)
    return equal(y_true, chosen)


@register("metrics")
@runs_as_written
def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the highest score is that of the target class, 0 elsewhere.

    Args:
        y_true: Class ids, shape `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: Scores, shape `(batch, ..., classes)`.
    Returns: Values of shape `(batch, ...)`.
    >>> sparse_categorical_accuracy([2, 0], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]).numpy()
    array([1., 0.], dtype=float32)
    """
    matches = sparse_matches(y_true, y_pred)
    if (matches.shape.rank or 0) > 1 and matches.shape[-1] == 1:
        matches = tf.squeeze(matches, -1)
    return matches


@register("metrics")
@runs_as_written
def categorical_accuracy(y_true, y_pred):
    """1 where the highest score is that of the target class, 0 elsewhere.

    Args:
        y_true: One-hot targets, shape `(batch, ..., classes)`.
        y_pred: Scores of the same shape.
    Returns: Values of shape `(batch, ...)`.
    >>> categorical_accuracy([[0, 0, 1], [1, 0, 0]], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]).numpy()
    array([1., 0.], dtype=float32)
    """
    return sparse_matches(tf.argmax(y_true, axis=-1), y_pred)


@register("metrics")
@runs_as_written
def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the target class is among the `k` highest scores, 0 elsewhere; ties count as among
    them.

    Args:
        y_true: Class ids, shape `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: Scores, shape `(batch, ..., classes)`.
        k: How many scores count, at least 1.
    Returns: Values of the shape of `y_true`.
    >>> sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.2, 0.7], [0.2, 0.5, 0.3]], k=2).numpy()
    array([1., 0.], dtype=float32)
    """
    y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    rows = y_pred if y_pred.shape.rank == 2 else tf.reshape(y_pred, [-1, tf.shape(y_pred)[-1]])
    targets = y_true if y_true.shape.rank == 1 else tf.reshape(y_true, [-1])
    found = tf.math.in_top_k(tf.cast(targets, tf.int32), tf.cast(rows, tf.float32), k)
    found = tf.cast(found, config.floatx())
    return found if y_true.shape.rank == 1 else tf.reshape(found, tf.shape(y_true))


@register("metrics")
@runs_as_written
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the target class is among the `k` highest scores, 0 elsewhere; ties count as among
    them.

    Args:
        y_true: One-hot targets, shape `(batch, ..., classes)`.
        y_pred: Scores of the same shape.
        k: How many scores count, at least 1.
    Returns: Values of shape `(batch, ...)`.
    >>> top_k_categorical_accuracy([[0, 0, 1], [1, 0, 0]], [[0.1, 0.2, 0.7], [0.2, 0.5, 0.3]], k=2).numpy()
    array([1., 0.], dtype=float32)
    """
    return sparse_top_k_categorical_accuracy(tf.argmax(y_true, axis=-1), y_pred, k)


class _Accuracy(MeanMetricWrapper):
    higher_is_better = True


@register("metrics")
class Accuracy(_Accuracy):
    """Share of outputs that equal their target.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = Accuracy()
    >>> float(metric([[1], [2], [3], [4]], [[0], [2], [3], [4]]))
    0.75
    """

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(accuracy, name, dtype=dtype)


@register("metrics")
class BinaryAccuracy(_Accuracy):
    """Share of right yes/no answers.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
        threshold: Above it the answer is 1, a number.
    >>> metric = BinaryAccuracy()
    >>> float(metric([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]))
    0.75
    """

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        threshold = check_number("BinaryAccuracy", "threshold", threshold)
        super().__init__(binary_matches, name, dtype=dtype, threshold=threshold)


@register("metrics")
class CategoricalAccuracy(_Accuracy):
    """Share of samples whose highest score is that of the target class; one-hot targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = CategoricalAccuracy()
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, name="categorical_accuracy", dtype=None):
        super().__init__(categorical_accuracy, name, dtype=dtype)


@register("metrics")
class SparseCategoricalAccuracy(_Accuracy):
    """Share of samples whose highest score is that of the target class; integer targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = SparseCategoricalAccuracy()
    >>> float(metric([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, name="sparse_categorical_accuracy", dtype=None):
        super().__init__(sparse_matches, name, dtype=dtype)


@register("metrics")
class TopKCategoricalAccuracy(_Accuracy):
    """Share of samples whose target class is among the `k` highest scores; one-hot targets.

    Args:
        k: How many scores count, at least 1.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = TopKCategoricalAccuracy(k=1)
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        k = check_positive_int("TopKCategoricalAccuracy", "k", k)
        super().__init__(top_k_categorical_accuracy, name, dtype=dtype, k=k)


@register("metrics")
class SparseTopKCategoricalAccuracy(_Accuracy):
    """Share of samples whose target class is among the `k` highest scores; integer targets.

    Args:
        k: How many scores count, at least 1.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = SparseTopKCategoricalAccuracy(k=1)
    >>> float(metric([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, k=5, name="sparse_top_k_categorical_accuracy", dtype=None):
        k = check_positive_int("SparseTopKCategoricalAccuracy", "k", k)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype=dtype, k=k)
