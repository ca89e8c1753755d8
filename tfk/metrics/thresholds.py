"""Metrics over a range of thresholds: areas under curves, and the best of one rate given
another.
"""

import tensorflow as tf

from tfk import config
from tfk.losses.alignment import align_weights, to_tensor
from tfk.metrics import confusion_counts
from tfk.metrics.confusion import ConfusionMetric
from tfk.metrics.confusion_counts import even_thresholds, labelled_scores, ratio
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, TensorLike
from tfk.utils.checks import check_choice, check_int, check_number, check_positive_int, describe

ALL_COUNTS = ("true_positives", "true_negatives", "false_positives", "false_negatives")


def best_under_constraint(constrained, dependent, least):
    """Return the largest `dependent` where `constrained >= least`; 0 if there is none.

    >>> float(best_under_constraint(tf.constant([0.9, 0.5]), tf.constant([0.2, 0.7]), 0.6))
    0.20000000298023224
    """
    allowed = constrained >= least
    best = tf.reduce_max(
        tf.where(allowed, dependent, tf.fill(tf.shape(dependent), dependent.dtype.min))
    )
    return tf.where(tf.reduce_any(allowed), best, tf.zeros_like(best))


# The counts whose ratio each rate is.
RATES = {
    "sensitivity": ("true_positives", "false_negatives"),
    "recall": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"),
    "precision": ("true_positives", "false_positives"),
}


class _BestRate(ConfusionMetric):
    """Base class: the best `wanted` rate over all thresholds at which the `given` rate reaches a
        value.

    Subclasses name the two rates; the value is an argument and attribute with the name of the given
    one.
    """

    higher_is_better = True
    counts = ALL_COUNTS
    wanted = given = None

    def __init__(
        self, value, num_thresholds: int, class_id: int | None, name: str, dtype: DTypeLike
    ):
        super().__init__(name=name, dtype=dtype)
        self.value = check_number(self, self.given, value, minimum=0, maximum=1)
        setattr(self, self.given, self.value)
        self.num_thresholds = check_positive_int(self, "num_thresholds", num_thresholds)
        self.class_id = (
            None if class_id is None else check_int(self, "class_id", class_id, minimum=0)
        )
        self._evenly = self.num_thresholds > 1
        self._thresholds = even_thresholds(self.num_thresholds) if self._evenly else (0.5,)
        self._make_counters((self.num_thresholds,))

    @property
    def thresholds(self):
        """The thresholds, a list."""
        return list(self._thresholds)

    def _rate(self, name):
        return ratio(*(getattr(self, counter) for counter in RATES[name]))

    def result(self):
        """Return the best rate."""
        return best_under_constraint(self._rate(self.given), self._rate(self.wanted), self.value)

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        settings = {
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self.given: self.value,
        }
        return {**super().get_config(), **settings}


@register("metrics")
class SensitivityAtSpecificity(_BestRate):
    """Best sensitivity `TP / (TP + FN)` over all thresholds with at least the given specificity.

    Args:
        specificity: Required specificity `TN / (TN + FP)`, in `[0, 1]`.
        num_thresholds: Number of evenly spaced thresholds from 0 to 1. Defaults to 200.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar.
    Raises: ValueError if an argument is out of range or the shapes differ.
    >>> metric = SensitivityAtSpecificity(0.5)
    >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); float(metric.result())
    0.5
    """

    wanted, given = "sensitivity", "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


@register("metrics")
class SpecificityAtSensitivity(_BestRate):
    """Best specificity `TN / (TN + FP)` over all thresholds with at least the given sensitivity.

    Args:
        sensitivity: Required sensitivity `TP / (TP + FN)`, in `[0, 1]`.
        num_thresholds: Number of evenly spaced thresholds from 0 to 1. Defaults to 200.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar.
    Raises: ValueError if an argument is out of range or the shapes differ.
    >>> metric = SpecificityAtSensitivity(0.5)
    >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    >>> round(float(metric.result()), 4)
    0.6667
    """

    wanted, given = "specificity", "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


@register("metrics")
class PrecisionAtRecall(_BestRate):
    """Best precision `TP / (TP + FP)` over all thresholds with at least the given recall.

    Args:
        recall: Required recall `TP / (TP + FN)`, in `[0, 1]`.
        num_thresholds: Number of evenly spaced thresholds from 0 to 1. Defaults to 200.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar.
    Raises: ValueError if an argument is out of range or the shapes differ.
    >>> metric = PrecisionAtRecall(0.5)
    >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]); float(metric.result())
    0.5
    """

    wanted, given = "precision", "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        super().__init__(recall, num_thresholds, class_id, name, dtype)


@register("metrics")
class RecallAtPrecision(_BestRate):
    """Best recall `TP / (TP + FN)` over all thresholds with at least the given precision.

    Args:
        precision: Required precision `TP / (TP + FP)`, in `[0, 1]`.
        num_thresholds: Number of evenly spaced thresholds from 0 to 1. Defaults to 200.
        class_id: Index of the only class to evaluate; None for all. Defaults to None.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: Binary `y_true` and scores `y_pred` in `[0, 1]`, both of shape `(batch, ...)`.
    Output shape: Scalar.
    Raises: ValueError if an argument is out of range or the shapes differ.
    >>> metric = RecallAtPrecision(0.8)
    >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]); float(metric.result())
    0.5
    """

    wanted, given = "recall", "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ):
        super().__init__(precision, num_thresholds, class_id, name, dtype)


CURVES = ("ROC", "PR", "PR_GAIN")
CURVE_NAMES = {"PRGAIN": "PR_GAIN"}
SUMMATIONS = {
    "interpolation": lambda low, high: (low + high) / 2.0,
    "minoring": tf.minimum,
    "majoring": tf.maximum,
}


def curve_points(curve, tp, tn, fp, fn):
    """Return the points `(x, y)` of a curve at each threshold, from the counts there.

    Args:
        curve: `"ROC"` (false positive rate, recall), `"PR"` (recall, precision) or `"PR_GAIN"`.
        tp, tn, fp, fn: Weighted counts of shape `(thresholds, ...)`.
    Source: Flach and Kull, 2015, Precision-Recall-Gain Curves (NeurIPS), for `"PR_GAIN"`.
    """
    if curve == "ROC":
        return ratio(fp, tn), ratio(tp, fn)
    if curve == "PR":
        return ratio(tp, fn), ratio(tp, fp)
    odds = tf.math.divide_no_nan(tp + fn, fp + tn)
    recall_gain = 1.0 - odds * tf.math.divide_no_nan(fn, tp)
    precision_gain = 1.0 - odds * tf.math.divide_no_nan(fp, tp)
    nothing_found = tf.equal(tp, 0.0)
    recall_gain = tf.nn.relu(tf.where(nothing_found, tf.zeros_like(tp), recall_gain))
    return recall_gain, tf.where(nothing_found, tf.ones_like(tp), precision_gain)


def area(x, y, summation):
    """Return the area under a curve with decreasing `x`, by trapezoids or lower or upper sums."""
    return tf.reduce_sum((x[:-1] - x[1:]) * SUMMATIONS[summation](y[:-1], y[1:]), axis=0)


def interpolated_pr_area(tp, fp, fn):
    """Return the area under the precision-recall curve, interpolating true positives linearly.

    Precision itself is not linear between thresholds: with slope `s = dTP / dP` and intercept `TP_b
        - s * P_b`, the integral of `TP / P` over a segment is `s * (dTP + intercept * log(P_a /
        P_b)) / (TP + FN)`.

    Args:
        tp, fp, fn: Weighted counts of shape `(thresholds, ...)`.
    Source: Davis and Goadrich, 2006, The Relationship Between Precision-Recall and ROC Curves.
    """
    positives = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = tf.math.divide_no_nan(gained, tf.nn.relu(positives[:-1] - positives[1:]))
    intercept = tp[1:] - slope * positives[1:]
    both = (positives[:-1] > 0) & (positives[1:] > 0)
    growth = tf.math.divide_no_nan(positives[:-1], tf.nn.relu(positives[1:]))
    growth = tf.where(both, growth, tf.ones_like(growth))
    segments = slope * (gained + intercept * tf.math.log(growth))
    return tf.reduce_sum(tf.math.divide_no_nan(segments, tf.nn.relu(tp[1:] + fn[1:])), axis=0)


@register("metrics")
class AUC(ConfusionMetric):
    """Area under the ROC or precision-recall curve, approximated by a sum over thresholds.

    The sum is exact if no two scores fall between the same thresholds. For concentrated scores,
    pass more thresholds, or thresholds in the range of the scores.

    Args:
        num_thresholds: Number of evenly spaced thresholds, at least 2. Defaults to 200.
        curve: `"ROC"`, `"PR"` or `"PR_GAIN"`. Defaults to `"ROC"`.
        summation_method: `"interpolation"`, `"minoring"` (a lower bound) or `"majoring"` (an upper
            bound). Defaults to `"interpolation"`.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        thresholds: Numbers in `[0, 1]` to use instead of evenly spaced ones. Defaults to None.
        multi_label: Whether to average the areas of all label columns. Defaults to False.
        num_labels: Number of columns with `multi_label`; None infers it from the first batch.
            Defaults to None.
        label_weights: Weight of each column: in the average with `multi_label`, of the samples
            otherwise. Defaults to None.
        from_logits: Whether the scores are logits rather than in `[0, 1]`. Defaults to False.
    Input shape: Binary `y_true` and scores `y_pred` of shape `(batch, ...)`; `(batch, labels)` with
        `multi_label`.
    Output shape: Scalar.
    Raises: ValueError if an argument is invalid or the shapes do not match.
    >>> metric = AUC(num_thresholds=3)
    >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]); float(metric.result())
    0.75
    """

    higher_is_better = True
    counts = ALL_COUNTS
    true_positives = true_negatives = false_positives = false_negatives = None

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: DTypeLike | None = None,
        thresholds=None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights=None,
        from_logits: bool = False,
    ):
        super().__init__(name=name, dtype=dtype)
        curve = str(getattr(curve, "value", curve)).upper()
        self.curve = check_choice(self, "curve", CURVE_NAMES.get(curve, curve), CURVES)
        method = str(getattr(summation_method, "value", summation_method)).lower()
        self.summation_method = check_choice(self, "summation_method", method, SUMMATIONS)
        self._init_from_thresholds = thresholds is not None
        if thresholds is None:
            inner = even_thresholds(check_int(self, "num_thresholds", num_thresholds, minimum=2))[
                1:-1
            ]
        else:
            inner = tuple(sorted(confusion_counts.check_thresholds(self, list(thresholds), None)))
        self.num_thresholds = len(inner) + 2
        self._evenly = (
            confusion_counts.are_even((0.0, *inner, 1.0)) or not self._init_from_thresholds
        )
        # Beyond 0 and 1, so that the first threshold is below every score and the last one above.
        self._thresholds = (-config.epsilon(), *inner, 1.0 + config.epsilon())
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = self._checked_label_weights(label_weights)
        self.from_logits = from_logits
        if num_labels is not None and not multi_label:
            raise ValueError(
                f"{describe(self)}: num_labels={num_labels!r} requires multi_label=True."
            )
        if not multi_label:
            self._make_counters((self.num_thresholds,))
        elif num_labels is not None:
            self._make_counters(
                (self.num_thresholds, check_positive_int(self, "num_labels", num_labels))
            )

    def _checked_label_weights(self, label_weights):
        if label_weights is None:
            return None
        label_weights = tf.constant(label_weights, dtype=self.dtype)
        if label_weights.shape.rank != 1 or float(tf.reduce_min(label_weights)) < 0:
            raise ValueError(
                f"{describe(self)}: expected label_weights to be a list of numbers of at least 0,"
                f" got {label_weights.numpy().tolist()}."
            )
        return label_weights

    @property
    def thresholds(self):
        """All thresholds, a list; the first is just below 0 and the last just above 1."""
        return list(self._thresholds)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the counts with a batch.

        Args:
            y_true: Binary labels (0 or 1), shape `(batch, ...)`; `(batch, labels)` with
                `multi_label`.
            y_pred: Scores, same shape as `y_true`.
            sample_weight: None, a number, one weight per sample, or the shape of the scores.
                Defaults to None.
        """
        y_pred = tf.cast(y_pred, self._dtype)
        if self.from_logits:
            y_pred = tf.sigmoid(y_pred)
        if self.multi_label or self.label_weights is not None:
            self._check_columns(y_pred.shape)
        if self.true_positives is None:
            self._make_counters((self.num_thresholds, y_pred.shape[1]))
        if self.label_weights is not None and not self.multi_label:
            sample_weight = self._weights_of_columns(y_pred, sample_weight)
        self._add(*labelled_scores(self, y_true, y_pred, sample_weight, by_label=self.multi_label))

    def _check_columns(self, shape):
        columns = None if self.label_weights is None else self.label_weights.shape[0]
        if self.true_positives is not None and self.multi_label:
            columns = self.true_positives.shape[1]
        wrong_rank = shape.rank != 2 or (self.multi_label and shape[1] is None)
        if wrong_rank or (columns is not None and shape[1] not in (None, columns)):
            raise ValueError(
                f"{describe(self)}: expected scores of shape (batch, {columns or 'labels'}) for"
                f" multi_label or label_weights, got {tuple(shape)}."
            )

    def _weights_of_columns(self, y_pred, sample_weight):
        weights = tf.broadcast_to(self.label_weights, tf.shape(y_pred))
        if sample_weight is None:
            return weights
        return align_weights(tf.cast(to_tensor(sample_weight), self._dtype), y_pred) * weights

    def interpolate_pr_auc(self):
        """Return the area under the precision-recall curve as computed by
        `summation_method="interpolation"`.
        """
        return self._over_labels(
            interpolated_pr_area(self.true_positives, self.false_positives, self.false_negatives)
        )

    def result(self):
        """Return the area."""
        if self.true_positives is None:
            return tf.zeros((), self._dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self.interpolate_pr_auc()
        points = curve_points(
            self.curve, *(tf.convert_to_tensor(counter) for counter in self.counters)
        )
        return self._over_labels(area(*points, self.summation_method))

    def _over_labels(self, areas):
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return tf.reduce_mean(areas)
        weights = self.label_weights
        return tf.math.divide_no_nan(tf.reduce_sum(areas * weights), tf.reduce_sum(weights))

    def _create_late_variables(self, shapes):
        if self.true_positives is None:
            self._make_counters(shapes[0])

    def get_build_config(self):
        """Return the shape of the scores, which determines the number of labels; None without
        `multi_label`.
        """
        if not self.multi_label or self.true_positives is None:
            return None
        return {"input_shape": (None, self.true_positives.shape[1])}

    def build_from_config(self, config: Config):
        """Create the variables for scores of shape `config["input_shape"]`."""
        if self.true_positives is None:
            self._make_counters((self.num_thresholds, config["input_shape"][1]))

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        weights = self.label_weights
        settings = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if weights is None else weights.numpy().tolist(),
            "from_logits": self.from_logits,
        }
        if self._init_from_thresholds:
            settings["thresholds"] = self.thresholds[1:-1]
        return {**super().get_config(), **settings}
