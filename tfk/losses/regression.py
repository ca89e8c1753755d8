"""Regression losses: absolute, squared, relative and logarithmic errors, and cosine similarity."""

import tensorflow as tf

from tfk import config
from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.ragged import accepts_ragged
from tfk.losses.reduction import Reduction
from tfk.saving.registry import register
from tfk.typing import LossReduction, TensorLike
from tfk.utils.checks import check_number


def as_pair(y_true, y_pred):
    """Return both as tensors of the dtype of `y_pred`."""
    y_pred = tf.convert_to_tensor(y_pred)
    return tf.cast(y_true, y_pred.dtype), y_pred


@register("metrics", aliases=("mse", "MSE"))
@register("losses", aliases=("mse", "MSE"))
@accepts_ragged
def mean_squared_error(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `(y_true - y_pred)**2` over the last axis.

    Args:
        y_true: Targets, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> mean_squared_error([[0.0, 1.0]], [[2.0, 1.0]]).numpy().tolist()
    [2.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return tf.reduce_mean(tf.math.squared_difference(y_pred, y_true), axis=-1)


@register("metrics", aliases=("mae", "MAE"))
@register("losses", aliases=("mae", "MAE"))
@accepts_ragged
def mean_absolute_error(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `|y_true - y_pred|` over the last axis.

    Args:
        y_true: Targets, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> mean_absolute_error([[0.0, 1.0]], [[2.0, 1.0]]).numpy().tolist()
    [1.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return tf.reduce_mean(tf.abs(y_pred - y_true), axis=-1)


@register("metrics", aliases=("mape", "MAPE"))
@register("losses", aliases=("mape", "MAPE"))
@accepts_ragged
def mean_absolute_percentage_error(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `100 |y_true - y_pred| / max(|y_true|, epsilon)` over the last axis, in percent.

    Args:
        y_true: Targets, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> mean_absolute_percentage_error([[4.0, 2.0]], [[3.0, 2.5]]).numpy().tolist()
    [25.0]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    scale = tf.maximum(tf.abs(y_true), config.epsilon())
    return 100.0 * tf.reduce_mean(tf.abs((y_true - y_pred) / scale), axis=-1)


@register("metrics", aliases=("msle", "MSLE"))
@register("losses", aliases=("msle", "MSLE"))
@accepts_ragged
def mean_squared_logarithmic_error(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `(log(1 + y_true) - log(1 + y_pred))**2` over the last axis.

    Args:
        y_true: Targets, shape `(batch, ..., n)`; values below epsilon count as epsilon.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> mean_squared_logarithmic_error([[0.0]], [[1.0]]).numpy().round(4)
    array([0.4805], dtype=float32)
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    log_pred, log_true = (
        tf.math.log(tf.maximum(y, config.epsilon()) + 1.0) for y in (y_pred, y_true)
    )
    return tf.reduce_mean(tf.math.squared_difference(log_pred, log_true), axis=-1)


@register("losses", aliases=("huber_loss",))
@accepts_ragged
def huber(y_true: TensorLike, y_pred: TensorLike, delta: float = 1.0):
    """Huber loss: `d**2 / 2` for errors `d` up to `delta`, else `delta * |d| - delta**2 / 2`.

    The mean is taken over the last axis.

    Args:
        y_true: Targets, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
        delta: Error at which the loss becomes linear, a positive number. Defaults to 1.0.
    Returns: Per-sample values, shape `(batch, ...)`.
    Source: Huber, 1964, Robust Estimation of a Location Parameter.
    >>> huber([[0.0, 0.0]], [[1.0, 3.0]]).numpy().tolist()
    [1.5]
    """
    floatx = config.floatx()
    y_true, y_pred, delta = (tf.cast(value, floatx) for value in (y_true, y_pred, delta))
    distance = tf.abs(y_pred - y_true)
    inside = 0.5 * tf.square(distance)
    outside = delta * distance - 0.5 * tf.square(delta)
    return tf.reduce_mean(tf.where(distance <= delta, inside, outside), axis=-1)


@register("metrics", aliases=("logcosh",))
@register("losses", aliases=("logcosh",))
@accepts_ragged
def log_cosh(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `log(cosh(y_pred - y_true))` over the last axis.

    Args:
        y_true: Targets, shape `(batch, ..., n)`.
        y_pred: Predictions, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> log_cosh([[0.0]], [[1.0]]).numpy().round(4)
    array([0.4338], dtype=float32)
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    error = y_pred - y_true
    # log((e^x + e^-x) / 2) without overflow of e^x.
    values = error + tf.math.softplus(-2.0 * error) - tf.cast(tf.math.log(2.0), error.dtype)
    return tf.reduce_mean(values, axis=-1)


@register("losses", aliases=("cosine_proximity",))
@accepts_ragged
def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: int = -1):
    """Negative cosine of the angle between targets and predictions.

    The value is -1 for the same direction, 0 for a right angle and 1 for opposite directions.

    Args:
        y_true: Targets of any shape.
        y_pred: Predictions, same shape as `y_true`.
        axis: Axis of the vector components. Defaults to -1.
    Returns: Per-sample values, the shape of `y_pred` without `axis`.
    >>> cosine_similarity([[3.0, 4.0]], [[4.0, 3.0]]).numpy().round(2)
    array([-0.96], dtype=float32)
    """
    y_true, y_pred = (
        tf.linalg.l2_normalize(tf.convert_to_tensor(y), axis=axis) for y in (y_true, y_pred)
    )
    return -tf.reduce_sum(tf.cast(y_true, y_pred.dtype) * y_pred, axis=axis)


@register("losses")
class MeanSquaredError(LossFunctionWrapper):
    """Mean squared error: `(y_true - y_pred)**2`.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"mean_squared_error"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
    0.5
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "mean_squared_error"):
        super().__init__(mean_squared_error, reduction=reduction, name=name)


@register("losses")
class MeanAbsoluteError(LossFunctionWrapper):
    """Mean absolute error: `|y_true - y_pred|`.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"mean_absolute_error"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(MeanAbsoluteError()([[0.0, 1.0]], [[2.0, 1.0]], sample_weight=[0.5]))
    0.5
    """

    def __init__(
        self, reduction: LossReduction = Reduction.AUTO, name: str = "mean_absolute_error"
    ):
        super().__init__(mean_absolute_error, reduction=reduction, name=name)


@register("losses")
class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean absolute percentage error: `100 * |y_true - y_pred| / |y_true|`, in percent.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"mean_absolute_percentage_error"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(MeanAbsolutePercentageError()([[4.0]], [[3.0]]))
    25.0
    """

    def __init__(
        self,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "mean_absolute_percentage_error",
    ):
        super().__init__(mean_absolute_percentage_error, reduction=reduction, name=name)


@register("losses")
class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean squared logarithmic error: `(log(1 + y_true) - log(1 + y_pred))**2`.

    It suits targets that span several orders of magnitude.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"mean_squared_logarithmic_error"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> round(float(MeanSquaredLogarithmicError()([[0.0]], [[1.0]])), 4)
    0.4805
    """

    def __init__(
        self,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "mean_squared_logarithmic_error",
    ):
        super().__init__(mean_squared_logarithmic_error, reduction=reduction, name=name)


@register("losses")
class Huber(LossFunctionWrapper):
    """Huber loss: quadratic for errors up to `delta`, linear beyond, which limits the effect of
        outliers.

    Args:
        delta: Error at which the loss becomes linear, a positive number. Defaults to 1.0.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"huber_loss"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    Source: Huber, 1964, Robust Estimation of a Location Parameter.
    >>> float(Huber(delta=2.0)([[0.0]], [[3.0]]))
    4.0
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "huber_loss",
    ):
        if not tf.is_tensor(delta):
            check_number("Huber", "delta", delta, minimum=0)
        super().__init__(huber, reduction=reduction, name=name, delta=delta)


@register("losses")
class LogCosh(LossFunctionWrapper):
    """Logarithm of the hyperbolic cosine of the error: a smooth approximation of the absolute
        error.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"log_cosh"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> round(float(LogCosh()([[0.0]], [[1.0]])), 4)
    0.4338
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "log_cosh"):
        super().__init__(log_cosh, reduction=reduction, name=name)


@register("losses")
class CosineSimilarity(LossFunctionWrapper):
    """Negative cosine of the angle between targets and predictions, from -1 to 1.

    Args:
        axis: Axis of the vector components. Defaults to -1.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"cosine_similarity"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> round(float(CosineSimilarity()([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])), 4)
    -0.5
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: LossReduction = Reduction.AUTO,
        name: str = "cosine_similarity",
    ):
        super().__init__(cosine_similarity, reduction=reduction, name=name, axis=axis)
