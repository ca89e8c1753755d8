"""Margin losses, averaged over batches."""

from tfk import losses
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register


class _Margin(MeanMetricWrapper):
    higher_is_better = False


@register("metrics")
class Hinge(_Margin):
    """Mean of `max(1 - y_true * y_pred, 0)`; targets -1 and 1, or 0 and 1.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = Hinge()
    >>> float(metric([[-1.0], [1.0]], [[0.5], [2.0]]))
    0.75
    """

    def __init__(self, name="hinge", dtype=None):
        super().__init__(losses.hinge, name, dtype=dtype)


@register("metrics")
class SquaredHinge(_Margin):
    """Mean of `max(1 - y_true * y_pred, 0)**2`; targets -1 and 1, or 0 and 1.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = SquaredHinge()
    >>> float(metric([[-1.0], [1.0]], [[0.5], [2.0]]))
    1.125
    """

    def __init__(self, name="squared_hinge", dtype=None):
        super().__init__(losses.squared_hinge, name, dtype=dtype)


@register("metrics")
class CategoricalHinge(_Margin):
    """Mean margin between the right class and the best wrong one; one-hot targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = CategoricalHinge()
    >>> float(metric([[0.0, 1.0]], [[0.5, 0.75]]))
    0.75
    """

    def __init__(self, name="categorical_hinge", dtype=None):
        super().__init__(losses.categorical_hinge, name, dtype=dtype)
