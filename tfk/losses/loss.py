"""Base classes of losses: a formula per sample, followed by weights, masks and a reduction."""

import tensorflow as tf

from tfk.losses.alignment import (
    align_targets,
    apply_mask,
    apply_valid_mask,
    combined_mask,
    to_tensor,
)
from tfk.losses.reduction import Reduction, compute_weighted_loss, is_average, reduce_loss
from tfk.saving import registry, resolver
from tfk.saving.registry import register
from tfk.typing import Config, LossReduction, TensorLike
from tfk.utils.autograph import converted, is_library, runs_as_written
from tfk.utils.short_repr import config_repr

__all__ = ["Loss", "LossFunctionWrapper", "apply_mask", "compute_weighted_loss", "reduce_loss"]


def graph_ready(function):
    """Return a custom function converted by AutoGraph, so that graphs support its branches."""
    return function if tf.executing_eagerly() or is_library(function) else converted(function)


@register("losses")
@runs_as_written
class Loss:
    """Base class of losses. A subclass defines `call(y_true, y_pred)`, which returns one value per
    sample.

    Calling the object also applies sample weights, the masks attached to `y_pred` or to the values,
    and the reduction. Under `tf.distribute`, outside `Model.fit`, the reduction must be `"sum"` or
    `"none"`: only the caller knows the global batch size.

    Args:
        reduction: `"sum_over_batch_size"` (also called `"auto"`), `"sum"` or `"none"`. Defaults to
            `"auto"`.
        name: Name of the loss, a string. Defaults to None.
    Input shape: `y_true` and `y_pred` of shapes that `call` supports, usually `(batch, ..., n)`.
    Output shape: Scalar; the values of `call` with `reduction="none"`.
    Raises: ValueError if the reduction is unknown, or averages over a single replica's batch.
    >>> class Cubic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return tf.reduce_mean(tf.abs(y_true - y_pred) ** 3, axis=-1)
    >>> float(Cubic()(tf.zeros((2, 1)), tf.constant([[1.0], [2.0]])))
    4.5
    """

    # Model.fit sets it on its losses: it divides by the number of replicas itself.
    _allow_sum_over_batch_size = False

    def __init__(self, reduction: LossReduction = Reduction.AUTO, name: str | None = None):
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike = None):
        """Return the loss of a batch.

        Args:
            y_true: Targets, shape `(batch, ...)`.
            y_pred: Predictions, shape `(batch, ...)`; or any object that `call` supports, such as a
                distribution.
            sample_weight: None, a number, weights of shape `(batch,)`, or of the shape of the
                values of `call`. Defaults to None.
        Returns: A scalar, or the weighted values with `reduction="none"`.
        """
        reduction = self._checked_reduction()
        y_pred = to_tensor(y_pred)
        values = graph_ready(self.call)(to_tensor(y_true), y_pred)
        mask = combined_mask(y_pred, values)
        sample_weight = apply_valid_mask(values, sample_weight, mask, is_average(reduction))
        return compute_weighted_loss(values, sample_weight, reduction)

    def call(self, y_true: TensorLike, y_pred: TensorLike):
        """Return the loss of each sample, usually in the shape of `y_pred` without its last axis.

        Args:
            y_true: Targets, a tensor.
            y_pred: Predictions, a tensor.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement call(y_true, y_pred), which gives one value per"
            " sample."
        )

    def __repr__(self):
        return config_repr(self)

    def _checked_reduction(self):
        if (
            is_average(self.reduction)
            and tf.distribute.has_strategy()
            and not self._allow_sum_over_batch_size
        ):
            raise ValueError(
                f"{type(self).__name__}: reduction={self.reduction!r} would divide by the batch"
                " size of one replica. In your own training loop under tf.distribute, pass"
                " reduction='sum' or 'none' and divide by the global batch size"
                " (tf.nn.compute_average_loss); Model.fit does that automatically."
            )
        return self.reduction

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        return {"reduction": self.reduction, "name": self.name}

    @classmethod
    def from_config(cls, config: Config):
        """Create a loss from the result of `get_config`.

        Args:
            config: Dict of constructor arguments.
        """
        return cls(**config)


@register("losses")
class LossFunctionWrapper(Loss):
    """Loss that calls a function `fn(y_true, y_pred, **kwargs)`.

    If only one of the tensors has an additional last axis of size 1, it is dropped first.

    Args:
        fn: Function that returns one value per sample.
        reduction: `"auto"`, `"sum_over_batch_size"`, `"sum"` or `"none"`. Defaults to `"auto"`.
        name: Name of the loss. Defaults to None.
        **kwargs: Further arguments of `fn`.
    Input shape: `y_true` and `y_pred` of shapes that `fn` supports.
    Output shape: Scalar; the values of `fn` with `reduction="none"`.
    >>> def largest(y, p):
    ...     return tf.reduce_max(tf.abs(y - p), axis=-1)
    >>> worst = LossFunctionWrapper(largest, name="worst")
    >>> float(worst([[0.0, 0.0]], [[1.0, -3.0]]))
    3.0
    """

    def __init__(
        self, fn, reduction: LossReduction = Reduction.AUTO, name: str | None = None, **kwargs
    ):
        super().__init__(reduction=reduction, name=name)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: TensorLike, y_pred: TensorLike):
        """Return the value of the function for each sample.

        Args:
            y_true: Targets, a tensor.
            y_pred: Predictions, a tensor.
        """
        if is_library(self.fn) and not tf.is_tensor(y_pred):
            y_pred = tf.convert_to_tensor(y_pred)  # for example, a distribution becomes a sample
        if tf.is_tensor(y_true) and tf.is_tensor(y_pred):
            y_true, y_pred = align_targets(y_true, y_pred)
        values = graph_ready(self.fn)(y_true, y_pred, **self._fn_kwargs)
        if values is None:
            raise ValueError(
                f"The loss function {self.name} returned None. End it with `return` and the loss of"
                " each sample."
            )
        return values

    def get_config(self) -> Config:
        """Return the constructor arguments; built-in subclasses add the name of their function."""
        settings = {key: host_value(value) for key, value in self._fn_kwargs.items()}
        return {**super().get_config(), **settings, "fn": registry.get_registered_name(self.fn)}

    @classmethod
    def from_config(cls, config: Config):
        """Create a loss from the result of `get_config`; the function is looked up by name."""
        config = dict(config)
        function = config.pop("fn", None)
        if cls is LossFunctionWrapper:
            config["fn"] = resolver.get("losses", function)
        return cls(**config)


def host_value(value):
    """Return an argument as a plain value: eager tensors and variables become arrays or numbers."""
    return value.numpy() if tf.is_tensor(value) else value
