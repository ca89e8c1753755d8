"""Means and sums over batches."""

import tensorflow as tf

from tfk.losses.alignment import align_weights, apply_mask, to_tensor
from tfk.losses.loss import graph_ready, host_value
from tfk.metrics import lookup
from tfk.metrics.alignment import flatten_ragged, prepare
from tfk.metrics.metric import Metric
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, TensorLike
from tfk.utils.checks import describe
from tfk.utils.masks import get_mask


def weigh(values, sample_weight, combine=tf.reduce_mean):
    """Return values times weights, and the weight of each value.

    Args:
        values: Floating-point tensor.
        sample_weight: Weights of the same dtype. If they lack two or more axes, a weight applies to
            a block of values, which is first combined to one value.
        combine: Function that combines a block, called with `axis`. Defaults to `tf.reduce_mean`.
    Returns: `(values * weights, weights)`.
    """
    rank, weight_rank = values.shape.rank, sample_weight.shape.rank
    if rank == 0:
        return values * sample_weight, sample_weight
    if rank and weight_rank and weight_rank < rank - 1:
        values = combine(values, axis=list(range(weight_rank, rank)))
    sample_weight = align_weights(sample_weight, values)
    if not values.shape.is_fully_defined() or values.shape != sample_weight.shape:
        sample_weight = tf.broadcast_to(sample_weight, tf.shape(values))
    return values * sample_weight, sample_weight


def count_of(values):
    """Return the number of values in their dtype; a constant if the shape is known."""
    size = values.shape.num_elements()
    return tf.cast(tf.size(values) if size is None else size, values.dtype)


class _Reduction(Metric):
    """Base class of `Sum` and `Mean`: sum of values over all batches."""

    def _values(self, values, sample_weight):
        (values,), sample_weight = flatten_ragged([to_tensor(values)], sample_weight)
        if not tf.is_tensor(values):
            raise TypeError(
                f"{describe(self)}: expected one tensor of values, got {type(values).__name__}. A"
                " metric with several results is a subclass of Metric whose result() returns a"
                " dict."
            )
        values = tf.cast(values, self._dtype)
        if sample_weight is not None:
            sample_weight = tf.cast(to_tensor(sample_weight), self._dtype)
        return values, sample_weight


@register("metrics")
class Sum(_Reduction):
    """Weighted sum of all values.

    Args:
        name: Name in logs. Defaults to `"sum"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `values` of any shape.
    Output shape: Scalar.
    >>> metric = Sum()
    >>> metric.update_state([1.0, 2.0], sample_weight=[1.0, 0.5]); float(metric.result())
    2.0
    """

    def __init__(self, name: str = "sum", dtype: DTypeLike | None = None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_weight("total")

    def update_state(self, values, sample_weight: TensorLike = None):
        """Add values of any shape, scaled by weights: a number, one per row, or one per value."""
        values, sample_weight = self._values(values, sample_weight)
        if sample_weight is not None:
            values, _ = weigh(values, sample_weight, combine=tf.reduce_sum)
        self.total.assign_add(tf.reduce_sum(values))

    def result(self):
        """Return the sum."""
        return self.total


@register("metrics")
class Mean(_Reduction):
    """Weighted mean of all values; 0 before the first update.

    Args:
        name: Name in logs. Defaults to `"mean"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
    Input shape: `values` of any shape.
    Output shape: Scalar.
    >>> metric = Mean()
    >>> metric.update_state([1.0, 3.0]); metric.update_state([8.0], sample_weight=2.0)
    >>> float(metric.result())
    5.0
    """

    def __init__(self, name: str = "mean", dtype: DTypeLike | None = None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_weight("total")
        self.count = self.add_weight("count")

    def update_state(self, values, sample_weight: TensorLike = None):
        """Add values of any shape, with weights: a number, one per row, or one per value."""
        values, sample_weight = self._values(values, sample_weight)
        if sample_weight is None:
            count = count_of(values)
        else:
            values, sample_weight = weigh(values, sample_weight)
            count = tf.reduce_sum(sample_weight)
        self.total.assign_add(tf.reduce_sum(values))
        self.count.assign_add(count)

    def result(self):
        """Return the mean."""
        return tf.math.divide_no_nan(self.total, self.count)


@register("metrics")
class MeanMetricWrapper(Mean):
    """Mean over all samples of a function `fn(y_true, y_pred, **kwargs)`.

    Args:
        fn: Function that returns one value per sample; it gets targets and predictions in the dtype
            of the metric.
        name: Name in logs. Defaults to None.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        **kwargs: Further arguments of `fn`.
    Input shape: `y_true` and `y_pred` of shapes that `fn` supports.
    Output shape: Scalar.
    >>> metric = MeanMetricWrapper(lambda y, p: tf.reduce_max(tf.abs(y - p), axis=-1), name="worst")
    >>> metric.update_state([[0.0, 0.0], [1.0, 1.0]], [[1.0, 3.0], [1.0, 0.0]])
    >>> float(metric.result())
    2.0
    """

    # Function of (y_true, y_pred) that returns `fn`, for names resolved at the first batch.
    _choose = None

    def __init__(self, fn, name: str | None = None, dtype: DTypeLike | None = None, **kwargs):
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None
    ):
        """Update the mean with a batch.

        Args:
            y_true: Targets, shape `(batch, ...)`, dense or ragged.
            y_pred: Predictions, shape `(batch, ...)`.
            sample_weight: None, a number, weights of shape `(batch,)`, or in the shape of the
                function's values. Defaults to None.
        """
        if self._fn is None:
            self._fn = self._choose(y_true, y_pred)
        y_true, y_pred, sample_weight = prepare(y_true, y_pred, sample_weight, self._dtype)
        values = graph_ready(self._fn)(y_true, y_pred, **self._fn_kwargs)
        super().update_state(values, apply_mask(values, sample_weight, get_mask(values)))

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        settings = {key: host_value(value) for key, value in self._fn_kwargs.items()}
        if type(self) is MeanMetricWrapper:
            settings["fn"] = self._fn
        return {**super().get_config(), **settings}

    @classmethod
    def from_config(cls, config: Config):
        """Create a metric from the result of `get_config`; the function may be given by name."""
        config = dict(config)
        function = config.pop("fn", None)
        return cls(lookup.get(function), **config) if cls is MeanMetricWrapper else cls(**config)


@register("metrics")
class MeanTensor(Metric):
    """Weighted elementwise mean of tensors of one shape.

    Args:
        name: Name in logs. Defaults to `"mean_tensor"`.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        shape: Shape of the tensors; None takes that of the first update. Defaults to None.
    Input shape: `values` of any fixed shape.
    Output shape: Same as `values`.
    Raises: ValueError if a tensor has another shape, or `result` is called before the first update.
    >>> metric = MeanTensor()
    >>> metric.update_state([0.0, 2.0]); metric.update_state([4.0, 8.0]); metric.result().numpy()
    array([2., 5.], dtype=float32)
    """

    total = count = None  # until the shape is known

    def __init__(self, name: str = "mean_tensor", dtype: DTypeLike | None = None, shape=None):
        super().__init__(name=name, dtype=dtype)
        self._given_shape = None if shape is None else tuple(tf.TensorShape(shape))
        if shape is not None:
            self._build(tf.TensorShape(shape))

    def _build(self, shape):
        if not shape.is_fully_defined():
            raise ValueError(
                f"{describe(self)}: expected values of a known shape, got {shape}. Pass"
                " MeanTensor(shape=...)."
            )
        self.total = self.add_weight("total", shape)
        self.count = self.add_weight("count", shape)

    def update_state(self, values, sample_weight: TensorLike = None):
        """Update the mean with one tensor.

        Args:
            values: The tensor.
            sample_weight: None, a number, or weights that broadcast to the tensor. Defaults to
                None.
        Raises: ValueError if the shape differs from that of earlier tensors.
        """
        values = tf.cast(to_tensor(values), self._dtype)
        if self.total is None:
            self._build(values.shape)
        if not values.shape.is_compatible_with(self.total.shape):
            raise ValueError(
                f"{describe(self)}: expected values of shape {tuple(self.total.shape)}, got"
                f" {tuple(values.shape)}."
            )
        weights = tf.ones_like(values)
        if sample_weight is not None:
            values, weights = weigh(values, tf.cast(to_tensor(sample_weight), self._dtype))
        self.total.assign_add(values)
        self.count.assign_add(weights)

    def result(self):
        """Return the mean."""
        if self.total is None:
            raise ValueError(
                f"{describe(self)}: there is no result before the first update_state(values)."
            )
        return tf.math.divide_no_nan(self.total, self.count)

    def _create_late_variables(self, shapes):
        if self.total is None:
            self._build(shapes[0])

    def get_config(self) -> Config:
        config = super().get_config()
        return config if self._given_shape is None else {**config, "shape": self._given_shape}

    def get_build_config(self):
        """Return the shape of the tensors, None before the first update."""
        return None if self.total is None else {"input_shape": tuple(self.total.shape)}

    def build_from_config(self, config: Config):
        """Create the variables for tensors of shape `config["input_shape"]`."""
        if self.total is None:
            self._build(tf.TensorShape(config["input_shape"]))
