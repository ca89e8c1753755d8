"""Counts of true and false answers, precision and recall."""

from tfk.metrics import confusion_counts
from tfk.metrics.confusion_counts import check_thresholds, labelled_scores, ratio
from tfk.metrics.metric import Metric
from tfk.saving.registry import register
from tfk.utils.checks import check_int, check_positive_int


class ConfusionMetric(Metric):
    """Collects counts at thresholds. A subclass names them in `counts` and computes its result from
    them.

    `thresholds` and `evenly` (whether they lie at equal distances) are set before `_make_counters`.
    """

    counts = ()
    top_k = class_id = None

    def _make_counters(self, shape):
        self.counters = tuple(self.add_weight(name, shape) for name in self.counts)
        for name, counter in zip(self.counts, self.counters):
            setattr(self, name, counter)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch.

        Args:
            y_true: Labels 0 and 1, shape `(batch, ...)`, dense or ragged.
            y_pred: Scores of the same shape in `[0, 1]`.
            sample_weight: None, a number, one weight per sample, or the shape of the scores.
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
    """Metrics with a list of thresholds and a result for each, or one number for a single
    threshold.
    """

    def __init__(self, thresholds, name, dtype, default=0.5):
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

    def get_config(self):
        """The arguments of `__init__`."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class _Count(_AtThresholds):
    counted = None

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(thresholds, name, dtype)

    def _make_counters(self, shape):
        self.counts = (self.counted,)
        self.accumulator = self.add_weight("accumulator", shape)
        self.counters = (self.accumulator,)

    def result(self):
        """The count so far: one number, or one for each threshold."""
        return self._one_or_all(self.accumulator)


@register("metrics")
class TruePositives(_Count):
    """Weighted number of positive samples with a score above the threshold.

    Args:
        thresholds: A number or several in `[0, 1]`; 0.5 by default. One result for each.
        name: Name in logs.
        dtype: Dtype of the result.
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
        thresholds: A number or several in `[0, 1]`; 0.5 by default. One result for each.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = FalsePositives()
    >>> metric.update_state([0, 1, 0, 0], [0, 0, 1, 1]); float(metric.result())
    2.0
    """

    higher_is_better = False
    counted = "false_positives"


@register("metrics")
class TrueNegatives(_Count):
    """Weighted number of negative samples with a score not above the threshold.

    Args:
        thresholds: A number or several in `[0, 1]`; 0.5 by default. One result for each.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = TrueNegatives()
    >>> metric.update_state([0, 1, 0, 0], [1, 1, 0, 0]); float(metric.result())
    2.0
    """

    higher_is_better = True
    counted = "true_negatives"


@register("metrics")
class FalseNegatives(_Count):
    """Weighted number of positive samples with a score not above the threshold.

    Args:
        thresholds: A number or several in `[0, 1]`; 0.5 by default. One result for each.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = FalseNegatives()
    >>> metric.update_state([0, 1, 1, 1], [0, 1, 0, 0]); float(metric.result())
    2.0
    """

    higher_is_better = False
    counted = "false_negatives"


class _PrecisionOrRecall(_AtThresholds):
    higher_is_better = True

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        # Among the k highest scores every one is positive unless thresholds are given.
        default = 0.5 if top_k is None else confusion_counts.NEVER
        super().__init__(thresholds, name, dtype, default)
        self.top_k = None if top_k is None else check_positive_int(self, "top_k", top_k)
        self.class_id = (
            None if class_id is None else check_int(self, "class_id", class_id, minimum=0)
        )

    def result(self):
        """The ratio so far: one number, or one for each threshold."""
        return self._one_or_all(ratio(*self.counters))

    def get_config(self):
        """The arguments of `__init__`."""
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


@register("metrics")
class Precision(_PrecisionOrRecall):
    """Share of true ones among the samples called positive.

    Args:
        thresholds: A number or several in `[0, 1]`, above which a score is positive; 0.5 by
            default, none with `top_k`. One result for each.
        top_k: Only the `k` highest scores of a sample can be positive.
        class_id: The only column of labels and scores that counts.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = Precision()
    >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
    0.6667
    """

    counts = ("true_positives", "false_positives")


@register("metrics")
class Recall(_PrecisionOrRecall):
    """Share of the positive samples that are called positive.

    Args:
        thresholds: A number or several in `[0, 1]`, above which a score is positive; 0.5 by
            default, none with `top_k`. One result for each.
        top_k: Only the `k` highest scores of a sample can be positive.
        class_id: The only column of labels and scores that counts.
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = Recall()
    >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1]); round(float(metric.result()), 4)
    0.6667
    """

    counts = ("true_positives", "false_negatives")
