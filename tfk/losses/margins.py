"""Hinge losses: zero for predictions that are correct by a margin of 1."""

import tensorflow as tf

from tfk.losses.loss import LossFunctionWrapper
from tfk.losses.ragged import accepts_ragged
from tfk.losses.reduction import Reduction
from tfk.losses.regression import as_pair
from tfk.saving.registry import register
from tfk.typing import LossReduction, TensorLike


def signed_labels(y_true):
    """Convert labels 0 and 1 to -1 and 1; unchanged if the batch has any other value.

    Both cases are computed and one is selected, which is cheaper in a graph than a branch.
    """
    binary = tf.reduce_all(tf.equal(y_true, 0) | tf.equal(y_true, 1))
    return tf.where(binary, 2.0 * y_true - 1.0, y_true)


@register("metrics")
@register("losses")
@accepts_ragged
def hinge(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `max(1 - y_true * y_pred, 0)` over the last axis.

    Args:
        y_true: Targets -1 and 1, shape `(batch, ..., n)`; a batch of 0 and 1 is converted.
        y_pred: Predictions, same shape as `y_true`, any real numbers.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> hinge([[-1.0, 1.0]], [[0.5, 2.0]]).numpy().tolist()
    [0.75]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return tf.reduce_mean(tf.nn.relu(1.0 - signed_labels(y_true) * y_pred), axis=-1)


@register("metrics")
@register("losses")
@accepts_ragged
def squared_hinge(y_true: TensorLike, y_pred: TensorLike):
    """Mean of `max(1 - y_true * y_pred, 0)**2` over the last axis.

    Args:
        y_true: Targets -1 and 1, shape `(batch, ..., n)`; a batch of 0 and 1 is converted.
        y_pred: Predictions, same shape as `y_true`, any real numbers.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> squared_hinge([[-1.0, 1.0]], [[0.5, 2.0]]).numpy().tolist()
    [1.125]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    return tf.reduce_mean(tf.square(tf.nn.relu(1.0 - signed_labels(y_true) * y_pred)), axis=-1)


@register("metrics")
@register("losses")
@accepts_ragged
def categorical_hinge(y_true: TensorLike, y_pred: TensorLike):
    """Categorical hinge loss `max(1 + highest wrong score - target score, 0)`.

    Args:
        y_true: One-hot targets, shape `(batch, ..., classes)`.
        y_pred: Scores, same shape as `y_true`.
    Returns: Per-sample values, shape `(batch, ...)`.
    >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]]).numpy().tolist()
    [0.75]
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    right = tf.reduce_sum(y_true * y_pred, axis=-1)
    wrong = tf.reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return tf.nn.relu(wrong - right + 1.0)


@register("losses")
class Hinge(LossFunctionWrapper):
    """Hinge loss: `max(1 - y_true * y_pred, 0)`, for targets -1 and 1 (or 0 and 1).

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"hinge"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(Hinge()([[-1.0], [1.0]], [[0.5], [2.0]]))
    0.75
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "hinge"):
        super().__init__(hinge, reduction=reduction, name=name)


@register("losses")
class SquaredHinge(LossFunctionWrapper):
    """Squared hinge loss: `max(1 - y_true * y_pred, 0)**2`, for targets -1 and 1 (or 0 and 1).

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"squared_hinge"`.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(SquaredHinge()([[-1.0], [1.0]], [[0.5], [2.0]]))
    1.125
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "squared_hinge"):
        super().__init__(squared_hinge, reduction=reduction, name=name)


@register("losses")
class CategoricalHinge(LossFunctionWrapper):
    """Categorical hinge loss: `max(1 + highest wrong score - target score, 0)`.

    Args:
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to `"categorical_hinge"`.
    Input shape: One-hot `y_true` and `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar; `(batch, ...)` with `reduction="none"`.
    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]))
    0.75
    """

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str = "categorical_hinge"):
        super().__init__(categorical_hinge, reduction=reduction, name=name)
