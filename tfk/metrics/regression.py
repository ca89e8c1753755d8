"""Regression metrics."""

import tensorflow as tf

from tfk import losses
from tfk.metrics.alignment import prepare
from tfk.metrics.metric import Metric
from tfk.metrics.reduction import Mean, MeanMetricWrapper
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, Ints, TensorLike
from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_choice, check_int, describe


class _Error(MeanMetricWrapper):
    higher_is_better = False


@register("metrics")
class MeanSquaredError(_Error):
    """Mean squared error: `(y_true - y_pred)**2`.

    Args:
        name: Name in logs. Defaults to `"mean_squared_error"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = MeanSquaredError()
    >>> float(metric([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]))
    0.25
    """

    def __init__(self, name: str = "mean_squared_error", dtype: DTypeLike | None = None):
        super().__init__(losses.mean_squared_error, name, dtype=dtype)


@register("metrics")
class MeanAbsoluteError(_Error):
    """Mean absolute error: `|y_true - y_pred|`.

    Args:
        name: Name in logs. Defaults to `"mean_absolute_error"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = MeanAbsoluteError()
    >>> float(metric([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]))
    0.25
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: DTypeLike | None = None):
        super().__init__(losses.mean_absolute_error, name, dtype=dtype)


@register("metrics")
class MeanAbsolutePercentageError(_Error):
    """Mean absolute percentage error: `100 * |y_true - y_pred| / |y_true|`, in percent.

    Args:
        name: Name in logs. Defaults to `"mean_absolute_percentage_error"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = MeanAbsolutePercentageError()
    >>> float(metric([[4.0]], [[3.0]]))
    25.0
    """

    def __init__(
        self, name: str = "mean_absolute_percentage_error", dtype: DTypeLike | None = None
    ):
        super().__init__(losses.mean_absolute_percentage_error, name, dtype=dtype)


@register("metrics")
class MeanSquaredLogarithmicError(_Error):
    """Mean squared logarithmic error: `(log(1 + y_true) - log(1 + y_pred))**2`.

    Args:
        name: Name in logs. Defaults to `"mean_squared_logarithmic_error"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = MeanSquaredLogarithmicError()
    >>> round(float(metric([[0.0]], [[1.0]])), 4)
    0.4805
    """

    def __init__(
        self, name: str = "mean_squared_logarithmic_error", dtype: DTypeLike | None = None
    ):
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype=dtype)


@register("metrics")
class LogCoshError(_Error):
    """Mean logarithm of the hyperbolic cosine of the error.

    Args:
        name: Name in logs. Defaults to `"logcosh"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = LogCoshError()
    >>> round(float(metric([[0.0]], [[1.0]])), 4)
    0.4338
    """

    def __init__(self, name: str = "logcosh", dtype: DTypeLike | None = None):
        super().__init__(losses.log_cosh, name, dtype=dtype)


@register("metrics")
class RootMeanSquaredError(Mean):
    """Root mean squared error: square root of the mean of `(y_true - y_pred)**2` over all batches.

    Args:
        name: Name in logs. Defaults to `"root_mean_squared_error"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = RootMeanSquaredError()
    >>> float(metric([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]))
    0.5
    """

    higher_is_better = False

    def __init__(self, name: str = "root_mean_squared_error", dtype: DTypeLike | None = None):
        super().__init__(name, dtype=dtype)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the mean with a batch of equal shapes; weights are one per sample or per value."""
        y_true, y_pred, sample_weight = prepare(y_true, y_pred, sample_weight, self._dtype)
        super().update_state(tf.math.squared_difference(y_pred, y_true), sample_weight)

    def result(self):
        """Return the root of the mean."""
        return tf.sqrt(tf.math.divide_no_nan(self.total, self.count))


@register("metrics", aliases=("cosine_proximity",))
@runs_as_written
def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: Ints = -1):
    """Cosine of the angle between targets and predictions; the loss of this name has the opposite
    sign.

    Args:
        y_true: Targets of any shape.
        y_pred: Predictions, same shape as `y_true`.
        axis: Axis of the vector components. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    >>> cosine_similarity([[3.0, 4.0]], [[4.0, 3.0]]).numpy().round(2)
    array([0.96], dtype=float32)
    """
    return -losses.cosine_similarity(y_true, y_pred, axis)


@register("metrics")
class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between targets and predictions, from -1 to 1.

    Args:
        name: Name in logs. Defaults to `"cosine_similarity"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        axis: Axis of the vector components. Defaults to -1.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = CosineSimilarity()
    >>> round(float(metric([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])), 4)
    0.5
    """

    higher_is_better = True

    def __init__(
        self, name: str = "cosine_similarity", dtype: DTypeLike | None = None, axis: Ints = -1
    ):
        super().__init__(cosine_similarity, name, dtype=dtype, axis=axis)


@register("metrics")
class MeanRelativeError(Mean):
    """Mean relative error `|y_true - y_pred| / normalizer`; 0 where the normalizer is 0.

    Args:
        normalizer: Numbers that broadcast to the predictions.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of the same shape.
    Output shape: Scalar.
    Raises: ValueError if the shapes differ.
    >>> metric = MeanRelativeError(normalizer=[1.0, 3.0, 2.0, 3.0])
    >>> metric.update_state([1.0, 3.0, 2.0, 3.0], [2.0, 4.0, 6.0, 8.0]); float(metric.result())
    1.25
    """

    higher_is_better = False

    def __init__(self, normalizer, name: str | None = None, dtype: DTypeLike | None = None):
        super().__init__(name=name, dtype=dtype)
        self.normalizer = tf.cast(normalizer, self._dtype)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the mean with a batch of targets and predictions of the same shape."""
        y_true, y_pred, sample_weight = prepare(y_true, y_pred, sample_weight, self._dtype)
        if not y_true.shape.is_compatible_with(y_pred.shape):
            raise ValueError(
                f"{describe(self)}: expected y_true and y_pred of one shape, got"
                f" {tuple(y_true.shape)} and {tuple(y_pred.shape)}."
            )
        normalizer = self.normalizer
        if normalizer.shape.rank == y_pred.shape.rank + 1 and normalizer.shape[-1] == 1:
            normalizer = tf.squeeze(normalizer, -1)
        super().update_state(
            tf.math.divide_no_nan(tf.abs(y_true - y_pred), normalizer), sample_weight
        )

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {**super().get_config(), "normalizer": self.normalizer.numpy().tolist()}


AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


def r2(residual, total, aggregation):
    """Return the coefficient of determination `1 - residual / total`, 0 for an output without
    variance.

    Args:
        residual: Sum of squared errors of each output.
        total: Sum of squared deviations of each target from its mean.
        aggregation: How outputs are combined, one of `AGGREGATIONS`.
    """
    scores = 1.0 - residual / total
    scores = tf.where(tf.math.is_inf(scores), tf.zeros_like(scores), scores)
    if aggregation == "uniform_average":
        return tf.reduce_mean(scores)
    if aggregation == "variance_weighted_average":
        return tf.reduce_sum(total * scores) / tf.reduce_sum(total)
    return scores


@register("metrics")
class R2Score(Metric):
    """Coefficient of determination R²: `1 - sum((y_true - y_pred)**2) / sum((y_true -
    mean(y_true))**2)`.

    It is 1 for perfect predictions and 0 for constant predictions of the mean.

    Args:
        class_aggregation: `"uniform_average"` over the outputs, `"variance_weighted_average"`, or
            None for one score per output. Defaults to `"uniform_average"`.
        num_regressors: Number of explanatory variables for the adjusted score; 0 yields the plain
            score, which is also used if there are at most `num_regressors + 1` samples. Defaults to
            0.
        name: Name in logs. Defaults to `"r2_score"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, outputs)`.
    Output shape: Scalar, or `(outputs,)` with `class_aggregation=None`.
    Raises: ValueError if an argument is invalid or the shapes do not match.
    >>> metric = R2Score()
    >>> round(float(metric([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
    0.5714
    """

    higher_is_better = True
    # Created at the first batch, when the number of outputs is known.
    squared_sum = sum = total_mse = count = None

    def __init__(
        self,
        class_aggregation: str = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: DTypeLike | None = None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = check_choice(
            self, "class_aggregation", class_aggregation, AGGREGATIONS
        )
        self.num_regressors = check_int(self, "num_regressors", num_regressors, minimum=0)
        self.num_samples = self.add_weight("num_samples", dtype="int32")

    def _build(self, outputs):
        self.squared_sum = self.add_weight("squared_sum", (outputs,))
        self.sum = self.add_weight("sum", (outputs,))
        self.total_mse = self.add_weight("residual", (outputs,))
        self.count = self.add_weight("count", (outputs,))

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the sums with targets and predictions `(batch, outputs)`; one weight per sample or
        value.
        """
        y_true, y_pred = (tf.cast(y, self._dtype) for y in (y_true, y_pred))
        outputs = columns_of(self, y_true, y_pred)
        if self.sum is None:
            self._build(outputs)
        weights = tf.ones_like(y_true)
        if sample_weight is not None:
            sample_weight = tf.cast(sample_weight, self._dtype)
            weights *= (
                tf.expand_dims(sample_weight, 1) if sample_weight.shape.rank == 1 else sample_weight
            )
        weighted = y_true * weights
        self.sum.assign_add(tf.reduce_sum(weighted, axis=0))
        self.squared_sum.assign_add(tf.reduce_sum(y_true * weighted, axis=0))
        self.total_mse.assign_add(
            tf.reduce_sum(tf.math.squared_difference(y_true, y_pred) * weights, axis=0)
        )
        self.count.assign_add(tf.reduce_sum(weights, axis=0))
        self.num_samples.assign_add(tf.size(y_true))

    def result(self):
        """Return the score."""
        if self.sum is None:
            return tf.zeros((), self._dtype)
        total = self.squared_sum - self.sum * (self.sum / self.count)
        score = r2(self.total_mse, total, self.class_aggregation)
        if self.num_regressors == 0:
            return score
        samples = tf.cast(self.num_samples, score.dtype)
        spare = samples - self.num_regressors - 1.0
        adjusted = 1.0 - (1.0 - score) * (samples - 1.0) / spare
        return tf.where(spare > 0.0, adjusted, score)

    def _create_late_variables(self, shapes):
        if self.sum is None and len(shapes) > 1 and shapes[1].rank == 1:
            self._build(shapes[1][0])

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        settings = {
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
        return {**super().get_config(), **settings}


def columns_of(metric, y_true, y_pred):
    """Return the number of columns of two matrices `(batch, columns)`, after checking their
    shapes.
    """
    shapes = y_true.shape, y_pred.shape
    if (
        any(shape.rank != 2 for shape in shapes)
        or shapes[1][1] is None
        or shapes[0][1] not in (None, shapes[1][1])
    ):
        raise ValueError(
            f"{describe(metric)}: expected y_true and y_pred of shape (batch, columns) with the"
            f" same known number of columns, got {shapes[0]} and {shapes[1]}."
        )
    return shapes[1][1]
