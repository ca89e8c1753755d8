"""F-scores: harmonic means of precision and recall."""

import tensorflow as tf

from tfk.losses.alignment import to_tensor
from tfk.metrics.confusion_counts import ratio
from tfk.metrics.metric import Metric
from tfk.metrics.regression import columns_of
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, TensorLike
from tfk.utils.checks import check_choice, check_number, describe

AVERAGES = (None, "micro", "macro", "weighted")
COUNTS = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")


def f_beta(true_positives, false_positives, false_negatives, beta):
    """Return `(1 + beta**2) * precision * recall / (beta**2 * precision + recall)`, 0 if undefined.

    >>> float(f_beta(tf.constant(3.0), tf.constant(1.0), tf.constant(3.0), beta=1.0))
    0.6000000238418579
    """
    precision = ratio(true_positives, false_positives)
    recall = ratio(true_positives, false_negatives)
    return (1.0 + beta**2) * tf.math.divide_no_nan(precision * recall, beta**2 * precision + recall)


@register("metrics")
class FBetaScore(Metric):
    """F-beta score: weighted harmonic mean of precision and recall, with recall `beta` times as
    important.

    Args:
        average: None for one score per class, `"macro"` for their mean, `"weighted"` for their mean
            weighted by class frequency, `"micro"` to pool all classes. Defaults to None.
        beta: Importance of recall, above 0. Defaults to 1.0.
        threshold: Scores above it are positive, in `(0, 1]`; None makes the highest score of a
            sample positive. Defaults to None.
        name: Name in logs. Defaults to `"fbeta_score"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: One-hot or multi-hot `y_true` and scores `y_pred` of shape `(batch, classes)`.
    Output shape: Scalar, or `(classes,)` with `average=None`.
    Raises: ValueError if `average`, `beta` or `threshold` is invalid.
    >>> metric = FBetaScore(beta=2.0, threshold=0.5)
    >>> metric.update_state([[1, 1], [1, 0], [0, 1]], [[0.2, 0.6], [0.6, 0.1], [0.7, 0.9]])
    >>> metric.result().numpy()
    array([0.5, 1. ], dtype=float32)
    """

    higher_is_better = True
    # Created at the first batch, when the number of classes is known.
    true_positives = false_positives = false_negatives = intermediate_weights = None

    def __init__(
        self,
        average=None,
        beta: float = 1.0,
        threshold=None,
        name: str = "fbeta_score",
        dtype: DTypeLike | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.average = check_choice(self, "average", average, AVERAGES)
        self.beta = float(check_number(self, "beta", beta, minimum=0))
        self.threshold = threshold
        if threshold is not None:
            self.threshold = float(check_number(self, "threshold", threshold, minimum=0, maximum=1))
        for argument in ("beta", "threshold"):
            if getattr(self, argument) == 0:
                raise ValueError(f"{describe(self)}: expected {argument} to be above 0, got 0.")

    def _build(self, shape):
        for name in COUNTS:
            setattr(self, name, self.add_weight(name, shape))

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the state with a batch.

        Args:
            y_true: Binary labels (0 or 1), shape `(batch, classes)`.
            y_pred: Scores, same shape as `y_true`.
            sample_weight: None or one weight per sample, shape `(batch,)`. Defaults to None.
        """
        y_true, y_pred = (tf.cast(y, self._dtype) for y in (y_true, y_pred))
        classes = columns_of(self, y_true, y_pred)
        if self.true_positives is None:
            self._build(() if self.average == "micro" else (classes,))
        if self.threshold is None:
            highest = tf.reduce_max(y_pred, axis=-1, keepdims=True)
            called = (y_pred >= highest) & (tf.abs(y_pred) > 1e-9)
        else:
            called = y_pred > self.threshold
        called = tf.cast(called, self._dtype)
        hits = called * y_true
        amounts = (hits, called - hits, y_true - hits, y_true)
        if sample_weight is not None:
            weights = tf.reshape(tf.cast(to_tensor(sample_weight), self._dtype), [-1, 1])
            amounts = [amount * weights for amount in amounts]
        axis = None if self.average == "micro" else 0
        for name, amount in zip(COUNTS, amounts):
            getattr(self, name).assign_add(tf.reduce_sum(amount, axis=axis))

    def result(self):
        """Return the score: a number, or one per class."""
        if self.true_positives is None:
            return tf.zeros((), self._dtype)
        scores = f_beta(self.true_positives, self.false_positives, self.false_negatives, self.beta)
        if self.average == "weighted":
            occurrences = tf.convert_to_tensor(self.intermediate_weights)
            return tf.math.divide_no_nan(
                tf.reduce_sum(scores * occurrences), tf.reduce_sum(occurrences)
            )
        return scores if self.average is None else tf.reduce_mean(scores)

    def _create_late_variables(self, shapes):
        if self.true_positives is None:
            self._build(shapes[0])

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


@register("metrics")
class F1Score(FBetaScore):
    """F1 score: harmonic mean of precision and recall.

    Args:
        average: None for one score per class, `"macro"` for their mean, `"weighted"` for their mean
            weighted by class frequency, `"micro"` to pool all classes. Defaults to None.
        threshold: Scores above it are positive, in `(0, 1]`; None makes the highest score of a
            sample positive. Defaults to None.
        name: Name in logs. Defaults to `"f1_score"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: One-hot or multi-hot `y_true` and scores `y_pred` of shape `(batch, classes)`.
    Output shape: Scalar, or `(classes,)` with `average=None`.
    Raises: ValueError if `average` or `threshold` is invalid.
    >>> metric = F1Score(threshold=0.5)
    >>> metric.update_state([[1, 1], [1, 0], [0, 1]], [[0.2, 0.6], [0.6, 0.1], [0.7, 0.9]])
    >>> metric.result().numpy()
    array([0.5, 1. ], dtype=float32)
    """

    def __init__(
        self, average=None, threshold=None, name: str = "f1_score", dtype: DTypeLike | None = None
    ):
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        settings = super().get_config()
        del settings["beta"]
        return settings
