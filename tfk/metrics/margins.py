"""Hinge metrics."""

from tfk import losses
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register
from tfk.typing import DTypeLike


class _Margin(MeanMetricWrapper):
    higher_is_better = False


@register("metrics")
class Hinge(_Margin):
    """Mean hinge loss `max(1 - y_true * y_pred, 0)`, for targets -1 and 1 (or 0 and 1).

    Args:
        name: Name in logs. Defaults to `"hinge"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = Hinge()
    >>> float(metric([[-1.0], [1.0]], [[0.5], [2.0]]))
    0.75
    """

    def __init__(self, name: str = "hinge", dtype: DTypeLike | None = None):
        super().__init__(losses.hinge, name, dtype=dtype)


@register("metrics")
class SquaredHinge(_Margin):
    """Mean squared hinge loss `max(1 - y_true * y_pred, 0)**2`, for targets -1 and 1 (or 0 and 1).

    Args:
        name: Name in logs. Defaults to `"squared_hinge"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = SquaredHinge()
    >>> float(metric([[-1.0], [1.0]], [[0.5], [2.0]]))
    1.125
    """

    def __init__(self, name: str = "squared_hinge", dtype: DTypeLike | None = None):
        super().__init__(losses.squared_hinge, name, dtype=dtype)


@register("metrics")
class CategoricalHinge(_Margin):
    """Mean categorical hinge loss `max(1 + highest wrong score - target score, 0)`.

    Args:
        name: Name in logs. Defaults to `"categorical_hinge"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = CategoricalHinge()
    >>> float(metric([[0.0, 1.0]], [[0.5, 0.75]]))
    0.75
    """

    def __init__(self, name: str = "categorical_hinge", dtype: DTypeLike | None = None):
        super().__init__(losses.categorical_hinge, name, dtype=dtype)
