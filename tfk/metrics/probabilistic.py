"""Cross-entropy and divergence metrics."""

from tfk import losses
from tfk.losses.crossentropy import check_smoothing
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register
from tfk.typing import DTypeLike, Ints


class _Divergence(MeanMetricWrapper):
    higher_is_better = False


@register("metrics")
class BinaryCrossentropy(_Divergence):
    """Mean binary cross-entropy `-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`.

    Args:
        name: Name in logs. Defaults to `"binary_crossentropy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Amount in `[0, 1]` by which targets are moved towards 0.5. Defaults to 0.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = BinaryCrossentropy()
    >>> round(float(metric([[0.0], [1.0]], [[0.5], [0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ):
        super().__init__(
            losses.binary_crossentropy,
            name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=check_smoothing("BinaryCrossentropy", label_smoothing),
        )


@register("metrics")
class CategoricalCrossentropy(_Divergence):
    """Mean categorical cross-entropy `-sum(y_true * log(y_pred))` of one-hot targets.

    Args:
        name: Name in logs. Defaults to `"categorical_crossentropy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        label_smoothing: Fraction in `[0, 1]` of each target that is spread evenly over the classes.
            Defaults to 0.
        axis: Class axis. Defaults to -1.
    Input shape: One-hot `y_true` and scores `y_pred` of shape `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = CategoricalCrossentropy()
    >>> round(float(metric([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: Ints = -1,
    ):
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=check_smoothing("CategoricalCrossentropy", label_smoothing),
            axis=axis,
        )


@register("metrics")
class SparseCategoricalCrossentropy(_Divergence):
    """Mean categorical cross-entropy `-log(y_pred[y_true])` of integer targets.

    Args:
        name: Name in logs. Defaults to `"sparse_categorical_crossentropy"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        from_logits: Whether `y_pred` holds logits rather than probabilities. Defaults to False.
        ignore_class: Class id whose samples are ignored. Defaults to None.
        axis: Class axis of the predictions. Defaults to -1.
    Input shape: `y_true` of shape `(batch, ...)` or `(batch, ..., 1)`, scores `y_pred` of shape
        `(batch, ..., classes)`.
    Output shape: Scalar.
    >>> metric = SparseCategoricalCrossentropy()
    >>> round(float(metric([1], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: DTypeLike | None = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: Ints = -1,
    ):
        super().__init__(
            losses.sparse_categorical_crossentropy,
            name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


@register("metrics")
class KLDivergence(_Divergence):
    """Mean Kullback-Leibler divergence `sum(y_true * log(y_true / y_pred))`, in nats.

    Args:
        name: Name in logs. Defaults to `"kullback_leibler_divergence"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = KLDivergence()
    >>> round(float(metric([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    def __init__(self, name: str = "kullback_leibler_divergence", dtype: DTypeLike | None = None):
        super().__init__(losses.kl_divergence, name, dtype=dtype)


@register("metrics")
class Poisson(_Divergence):
    """Mean Poisson loss `y_pred - y_true * log(y_pred)`: negative log-likelihood up to a constant.

    Args:
        name: Name in logs. Defaults to `"poisson"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `y_true` and `y_pred` of shape `(batch, ..., n)`.
    Output shape: Scalar.
    >>> metric = Poisson()
    >>> round(float(metric([[2.0]], [[1.0]])), 4)
    1.0
    """

    def __init__(self, name: str = "poisson", dtype: DTypeLike | None = None):
        super().__init__(losses.poisson, name, dtype=dtype)
