"""Counts of true and false predictions, precision and recall."""

from tfk.metrics import confusion_counts
from tfk.metrics.confusion_counts import check_thresholds, labelled_scores, ratio
from tfk.metrics.metric import Metric
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, TensorLike
from tfk.utils.checks import check_int, check_positive_int


class ConfusionMetric(Metric):
    """Base class that collects counts at thresholds, named in `counts` of a subclass.

    `thresholds` and `evenly` (whether they are evenly spaced) are set before `_make_counters`.
    """

    counts = ()
    top_k = class_id = None

    def _make_counters(self, shape):
        self.counters = tuple(self.add_weight(name, shape) for name in self.counts)
        for name, counter in zip(self.counts, self.counters):
            setattr(self, name, counter)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the counts with a batch.

        Args:
            y_true: Binary labels (0 or 1), shape `(batch, ...)`, dense or ragged.
            y_pred: Scores in `[0, 1]`, same shape as `y_true`.
            sample_weight: None, a number, one weight per sample, or the shape of the scores.
                Defaults to None.
        """
        labels, scores, weights = labelled_scores(
            self, y_true, y_pred, sample_weight, self.top_k, self.class_id
        )
        self._add(labels, scores, weights)

    def _add(self, labels, scores, weights):
        sums = confusion_counts.count(
            labels, scores, weights, self._thresholds, self._evenly, self.counts
        )
        for counter, added in zip(self.counters, sums):
            counter.assign_add(added)


class _AtThresholds(ConfusionMetric):
    """Base class of metrics with one result per threshold, or a number for a single threshold."""

    def __init__(self, thresholds, name: str, dtype: DTypeLike, default: float = 0.5):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self._thresholds = check_thresholds(self, thresholds, default)
        self._evenly = confusion_counts.are_even(self._thresholds)
        self._make_counters((len(self._thresholds),))

    @property
    def thresholds(self):
        """The thresholds, a list."""
        return list(self._thresholds)

    def _one_or_all(self, values):
        return values[0] if len(self._thresholds) == 1 else values

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class _Count(_AtThresholds):
    counted = None

    def __init__(self, thresholds=None, name: str | None = None, dtype: DTypeLike | None = None):
        super().__init__(thresholds, name, dtype)

    def _make_counters(self, shape):
        self.counts = (self.counted,)
        self.accumulator = self.add_weight("accumulator", shape)
        self.counters = (self.accumulator,)

    def result(self):
        """Return the count: a number, or one per threshold."""
        return self._one_or_all(self.accumulator)


@register("metrics")
class TruePositives(_Count):
    """Weighted number of positive samples with a score above the threshold.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; None means 0.5.
            Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = TruePositives()
    >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); float(metric.result())
    2.0
    """

    higher_is_better = True
    counted = "true_positives"


@register("metrics")
class FalsePositives(_Count):
    """Weighted number of negative samples with a score above the threshold.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; None means 0.5.
            Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = FalsePositives()
    >>> metric.update_state([0, 1, 0, 0], [0, 0, 1, 1]); float(metric.result())
    2.0
    """

    higher_is_better = False
    counted = "false_positives"


@register("metrics")
class TrueNegatives(_Count):
    """Weighted number of negative samples with a score at or below the threshold.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; None means 0.5.
            Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = TrueNegatives()
    >>> metric.update_state([0, 1, 0, 0], [1, 1, 0, 0]); float(metric.result())
    2.0
    """

    higher_is_better = True
    counted = "true_negatives"


@register("metrics")
class FalseNegatives(_Count):
    """Weighted number of positive samples with a score at or below the threshold.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; None means 0.5.
            Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = FalseNegatives()
    >>> metric.update_state([0, 1, 1, 1], [0, 1, 0, 0]); float(metric.result())
    2.0
    """

    higher_is_better = False
    counted = "false_negatives"


class _PrecisionOrRecall(_AtThresholds):
    higher_is_better = True

    def __init__(
        self,
        thresholds=None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        # All of the k highest scores count as positive unless thresholds are given.
        default = 0.5 if top_k is None else confusion_counts.NEVER
        super().__init__(thresholds, name, dtype, default)
        self.top_k = None if top_k is None else check_positive_int(self, "top_k", top_k)
        self.class_id = (
            None if class_id is None else check_int(self, "class_id", class_id, minimum=0)
        )

    def result(self):
        """Return the ratio: a number, or one per threshold."""
        return self._one_or_all(ratio(*self.counters))

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


@register("metrics")
class Precision(_PrecisionOrRecall):
    """Precision: fraction of predicted positives that are true positives, `TP / (TP + FP)`.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; scores above it are
            predicted positive. None means 0.5, or no threshold with `top_k`. Defaults to None.
        top_k: Number of highest scores per sample that can be positive; None for all. Defaults to
            None.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = Precision()
    >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
    0.6667
    """

    counts = ("true_positives", "false_positives")


@register("metrics")
class Recall(_PrecisionOrRecall):
    """Recall: fraction of actual positives that are predicted positive, `TP / (TP + FN)`.

    Args:
        thresholds: Number or list of numbers in `[0, 1]`, with one result each; scores above it are
            predicted positive. None means 0.5, or no threshold with `top_k`. Defaults to None.
        top_k: Number of highest scores per sample that can be positive; None for all. Defaults to
            None.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar, or `(thresholds,)` for a list of thresholds.
    Raises: ValueError if a threshold is not in `[0, 1]` or the shapes differ.
    >>> metric = Recall()
    >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
    0.6667
    """

    counts = ("true_positives", "false_negatives")
