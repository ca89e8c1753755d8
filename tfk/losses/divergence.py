"""Losses for distributions and counts."""

import tensorflow as tf

from tfk import config
from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.ragged import accepts_ragged
from tfk.losses.reduction import Reduction
from tfk.losses.regression import as_pair
from tfk.saving.registry import register
from tfk.typing import LossReduction, TensorLike


@register("metrics", aliases=("kullback_leibler_divergence", "kld", "KLD"))
@register("losses", aliases=("kullback_leibler_divergence", "kld", "KLD"))
@accepts_ragged
def kl_divergence(y_true: TensorLike, y_pred: TensorLike):
    """Kullback-Leibler divergence `sum(y_true * log(y_true / y_pred))` over the last axis, in nats.

    Args:
        y_true: Distributions, shape `(batch, ..., n)`; clipped to `[epsilon, 1]`.
        y_pred: Predicted distributions, same shape as `y_true`; clipped to `[epsilon, 1]`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).numpy().round(4)
    array([0.1438], dtype=float32)
    """
    y_true, y_pred = (tf.clip_by_value(y, config.epsilon(), 1.0) for y in as_pair(y_true, y_pred))
    return tf.reduce_sum(y_true * tf.math.log(y_true / y_pred), axis=-1)


@register("metrics")
@register("losses")
@accepts_ragged
def poisson(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `y_pred - y_true * log(y_pred)` over the last axis.

    This is the negative log-likelihood of Poisson-distributed counts, up to a constant.

    Args:
        y_true: Counts, shape `(batch, ..., n)`.
        y_pred: Expected counts, same shape as `y_true`, at least 0.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> poisson([[2.0]], [[1.0]]).numpy().round(4)
    array([1.], dtype=float32)
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return tf.reduce_mean(y_pred - y_true * tf.math.log(y_pred + config.epsilon()), axis=-1)


@register("losses")
class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence: `sum(y_true * log(y_true / y_pred))`, in nats.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"kl_divergence"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "kl_divergence"):
        super().__init__(kl_divergence, reduction=reduction, name=name)


@register("losses")
class Poisson(LossFunctionWrapper):
    """Poisson loss `y_pred - y_true * log(y_pred)`: negative log-likelihood of counts, up to a
    constant.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"poisson"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> round(float(Poisson()([[2.0]], [[1.0]])), 4)
    1.0
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "poisson"):
        super().__init__(poisson, reduction=reduction, name=name)
