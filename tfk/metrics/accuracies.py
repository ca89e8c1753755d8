"""Accuracy metrics."""

import tensorflow as tf

from tfk import config
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register
from tfk.typing import DTypeLike, TensorLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_number, check_positive_int
from tfk.utils.logits import logits_of


def equal(y_true, y_pred):
    """Return 1 where the two are equal, 0 elsewhere, in `floatx`."""
    return tf.cast(tf.equal(y_true, tf.cast(y_pred, y_true.dtype)), config.floatx())


@register("metrics", aliases=("acc", "ACC"))
@runs_as_written
def accuracy(y_true: TensorLike, y_pred: TensorLike):
    """Return 1 where prediction and target are equal, 0 elsewhere.

    Args:
        y_true: Targets of any shape.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Values of the same shape.
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
    """Return 1 where `y_pred > threshold` agrees with `y_true` (0 or 1), 0 elsewhere."""
    y_pred = tf.convert_to_tensor(y_pred)
    return equal(tf.cast(y_true, y_pred.dtype), y_pred > tf.cast(threshold, y_pred.dtype))


@register("metrics")
@runs_as_written
def binary_accuracy(y_true: TensorLike, y_pred: TensorLike, threshold: float = 0.5):
    """Fraction of correct binary predictions along the last axis.

    Args:
        y_true: Binary targets (0 or 1), shape `(batch, ..., n)`.
        y_pred: Predicted probabilities, same shape as `y_true`.
        threshold: Predictions above it count as 1. Defaults to 0.5.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> binary_accuracy([[1, 0]], [[0.6, 0.7]]).numpy()
    array([0.5], dtype=float32)
    """
    return tf.reduce_mean(binary_matches(y_true, y_pred, threshold), axis=-1)


@runs_as_written
def sparse_matches(y_true, y_pred):
    """Return 1 where class `y_true` has the highest score; a last axis of size 1 of `y_true` is
    kept.
    """
    y_true, y_pred = tf.convert_to_tensor(y_true), tf.convert_to_tensor(y_pred)
    logits = logits_of(y_pred, "softmax")  # same order, without the cost of the softmax
    chosen = tf.argmax(y_pred if logits is None else logits, axis=-1)
    if y_true.shape.rank is not None and y_true.shape.rank == y_pred.shape.rank:
        chosen = tf.expand_dims(chosen, -1)
    return equal(y_true, chosen)


@register("metrics")
@runs_as_written
def sparse_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike):
    """Return 1 where the target class has the highest score, 0 elsewhere.

    Args:
        y_true: Class ids, shape `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: Scores, shape `(batch, ..., classes)`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> sparse_categorical_accuracy([2, 0], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]).numpy()
    array([1., 0.], dtype=float32)
    """
    matches = sparse_matches(y_true, y_pred)
    if (matches.shape.rank or 0) > 1 and matches.shape[-1] == 1:
        matches = tf.squeeze(matches, -1)
    return matches


@register("metrics")
@runs_as_written
def categorical_accuracy(y_true: TensorLike, y_pred: TensorLike):
    """Return 1 where the target class has the highest score, 0 elsewhere.

    Args:
        y_true: One-hot targets, shape `(batch, ..., classes)`.
        y_pred: Scores, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> categorical_accuracy([[0, 0, 1], [1, 0, 0]], [[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]).numpy()
    array([1., 0.], dtype=float32)
    """
    return sparse_matches(tf.argmax(y_true, axis=-1), y_pred)


@register("metrics")
@runs_as_written
def sparse_top_k_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike, k: int = 5):
    """Return 1 where the target class is among the `k` highest scores (ties included), 0 elsewhere.

    Args:
        y_true: Class ids, shape `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: Scores, shape `(batch, ..., classes)`.
        k: Number of highest scores to consider, at least 1. Defaults to 5.
    Returns: Values in the shape of `y_true`.
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
def top_k_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike, k: int = 5):
    """Return 1 where the target class is among the `k` highest scores (ties included), 0 elsewhere.

    Args:
        y_true: One-hot targets, shape `(batch, ..., classes)`.
        y_pred: Scores, same shape as `y_true`.
        k: Number of highest scores to consider, at least 1. Defaults to 5.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> targets, scores = [[0, 0, 1], [1, 0, 0]], [[0.1, 0.2, 0.7], [0.2, 0.5, 0.3]]
    >>> top_k_categorical_accuracy(targets, scores, k=2).numpy()
    array([1., 0.], dtype=float32)
    """
    return sparse_top_k_categorical_accuracy(tf.argmax(y_true, axis=-1), y_pred, k)


class _Accuracy(MeanMetricWrapper):
    higher_is_better = True


@register("metrics")
class Accuracy(_Accuracy):
    """Fraction of predictions that equal their target.

    Args:
        name: Name in logs. Defaults to `"accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of the same shape.
    Output shape: Scalar.
    Raises: ValueError if the shapes differ.
    >>> metric = Accuracy()
    >>> float(metric([[1], [2], [3], [4]], [[0], [2], [3], [4]]))
    0.75
    """

    def __init__(self, name: str = "accuracy", dtype: DTypeLike | None = None):
        super().__init__(accuracy, name, dtype=dtype)


@register("metrics")
class BinaryAccuracy(_Accuracy):
    """Fraction of correct binary predictions.

    Args:
        name: Name in logs. Defaults to `"binary_accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        threshold: Predictions above it count as 1, a number. Defaults to 0.5.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = BinaryAccuracy()
    >>> float(metric([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]))
    0.75
    """

    def __init__(
        self, name: str = "binary_accuracy", dtype: DTypeLike | None = None, threshold: float = 0.5
    ):
        threshold = check_number("BinaryAccuracy", "threshold", threshold)
        super().__init__(binary_matches, name, dtype=dtype, threshold=threshold)


@register("metrics")
class CategoricalAccuracy(_Accuracy):
    """Fraction of samples whose target class has the highest score, for one-hot targets.

    Args:
        name: Name in logs. Defaults to `"categorical_accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = CategoricalAccuracy()
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, name: str = "categorical_accuracy", dtype: DTypeLike | None = None):
        super().__init__(categorical_accuracy, name, dtype=dtype)


@register("metrics")
class SparseCategoricalAccuracy(_Accuracy):
    """Fraction of samples whose target class has the highest score, for integer targets.

    Args:
        name: Name in logs. Defaults to `"sparse_categorical_accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` of shape `(batch, ...)` or `(batch, ..., 1)`, scores `y_pred` of shape
        `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = SparseCategoricalAccuracy()
    >>> float(metric([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: DTypeLike | None = None):
        super().__init__(sparse_matches, name, dtype=dtype)


@register("metrics")
class TopKCategoricalAccuracy(_Accuracy):
    """Fraction of samples whose target class is among the `k` highest scores, for one-hot targets.

    Args:
        k: Number of highest scores to consider, at least 1. Defaults to 5.
        name: Name in logs. Defaults to `"top_k_categorical_accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    Raises: ValueError if `k` is not positive.
    >>> metric = TopKCategoricalAccuracy(k=1)
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: DTypeLike | None = None
    ):
        k = check_positive_int("TopKCategoricalAccuracy", "k", k)
        super().__init__(top_k_categorical_accuracy, name, dtype=dtype, k=k)


@register("metrics")
class SparseTopKCategoricalAccuracy(_Accuracy):
    """Fraction of samples whose target class is among the `k` highest scores, for integer targets.

    Args:
        k: Number of highest scores to consider, at least 1. Defaults to 5.
        name: Name in logs. Defaults to `"sparse_top_k_categorical_accuracy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` of shape `(batch, ...)` or `(batch, ..., 1)`, scores `y_pred` of shape
        `(batch, ..., classes)`.
    Output shape: Scalar.
    Raises: ValueError if `k` is not positive.
    >>> metric = SparseTopKCategoricalAccuracy(k=1)
    >>> float(metric([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: DTypeLike | None = None,
    ):
        k = check_positive_int("SparseTopKCategoricalAccuracy", "k", k)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype=dtype, k=k)
