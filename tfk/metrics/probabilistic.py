"""Cross-entropies and divergences, averaged over batches."""

from tfk import losses
from tfk.losses.crossentropy import check_smoothing
from tfk.metrics.reduction import MeanMetricWrapper
from tfk.saving.registry import register


class _Divergence(MeanMetricWrapper):
    higher_is_better = False


@register("metrics")
class BinaryCrossentropy(_Divergence):
    """Mean cross-entropy of yes/no targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
        from_logits: True if the outputs are logits, False if they are probabilities.
        label_smoothing: Share in `[0, 1]` by which targets are drawn towards 0.5.
    >>> metric = BinaryCrossentropy()
    >>> round(float(metric([[0.0], [1.0]], [[0.5], [0.5]])), 4)
    0.6931
    """

    def __init__(
        self, name="binary_crossentropy", dtype=None, from_logits=False, label_smoothing=0
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
    """Mean cross-entropy of one-hot targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
        from_logits: True if the outputs are logits, False if they are probabilities.
        label_smoothing: Share in `[0, 1]` of the target that is spread evenly over the classes.
        axis: The axis of the classes.
    >>> metric = CategoricalCrossentropy()
    >>> round(float(metric([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name="categorical_crossentropy",
        dtype=None,
        from_logits=False,
        label_smoothing=0,
        axis=-1,
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
    """Mean cross-entropy of integer targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
        from_logits: True if the outputs are logits, False if they are probabilities.
        ignore_class: A class id whose samples count nothing.
        axis: The axis of the classes in the outputs.
    >>> metric = SparseCategoricalCrossentropy()
    >>> round(float(metric([1], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name="sparse_categorical_crossentropy",
        dtype=None,
        from_logits=False,
        ignore_class=None,
        axis=-1,
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
    """Mean Kullback-Leibler divergence of the outputs from the targets.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = KLDivergence()
    >>> round(float(metric([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    def __init__(self, name="kullback_leibler_divergence", dtype=None):
        super().__init__(losses.kl_divergence, name, dtype=dtype)


@register("metrics")
class Poisson(_Divergence):
    """Mean negative log-likelihood of counts, up to a constant.

    Args:
        name: Name in logs.
        dtype: Dtype of the result.
    >>> metric = Poisson()
    >>> round(float(metric([[2.0]], [[1.0]])), 4)
    1.0
    """

    def __init__(self, name="poisson", dtype=None):
        super().__init__(losses.poisson, name, dtype=dtype)
