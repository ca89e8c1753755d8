"""Batch normalization: per-channel normalization by batch statistics."""

import warnings

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.layers.normalization import batch_renorm, virtual_batches
from tfk.layers.normalization.axes import axes_of, check_axis, config_axis
from tfk.layers.normalization.batch_moments import (
    batch_moments,
    move_towards,
    replica_may_be_empty,
)
from tfk.layers.normalization.fused_batch_norm import fused_batch_norm, why_not_fusable
from tfk.saving.registry import register
from tfk.typing import (
    Config,
    ConstraintLike,
    InitializerLike,
    Ints,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import check_number, check_positive_int, describe
from tfk.utils.control_flow import smart_cond


@register("layers")
class BatchNormalization(Layer):
    """Batch normalization: `gamma * (x - mean) / sqrt(variance + epsilon) + beta` per channel.

    Training uses the statistics of the batch and updates `moving_mean` and `moving_variance`;
    inference uses these moving averages. A layer with `trainable=False` is frozen: it always runs
    in inference mode.

    Args:
        axis: The channel axis, or several; their sizes must be known. Defaults to -1.
        momentum: Momentum of the moving averages (weight of the previous value), in `[0, 1]`.
            Defaults to 0.99.
        epsilon: Small constant added to the variance to avoid division by zero. Defaults to 0.001.
        center: Whether to add `beta`. Defaults to True.
        scale: Whether to multiply by `gamma`. Defaults to True.
        beta_initializer, gamma_initializer: Initializers of the weights, names or objects. Default
            to `"zeros"` and `"ones"`.
        moving_mean_initializer, moving_variance_initializer: Initializers of the moving averages,
            names or objects. Default to `"zeros"` and `"ones"`.
        beta_regularizer, gamma_regularizer: Optional regularizers of the weights, names or objects.
            Both default to None.
        beta_constraint, gamma_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
        synchronized: Whether to share statistics across the replicas of a distribution strategy.
            Defaults to False.
        renorm: Whether to use batch renormalization. Defaults to False.
        renorm_clipping: Dict with the bounds `rmin`, `rmax` and `dmax` of the renormalization
            corrections. Defaults to None.
        renorm_momentum: Momentum of the moving averages used for renormalization. Defaults to 0.99.
        fused: Whether to use the fused kernel; None uses it if possible: inputs of rank 4 or 5 with
            one channel axis, at position 1 or last, in float32 or half precision. Defaults to None.
        virtual_batch_size: Size of the parts of a batch that are normalized separately; None
            normalizes the whole batch. Defaults to None.
        adjustment: Function from the input shape (a tensor) to a scale and a bias, applied to the
            normalized values during training; not part of the config. Defaults to None.
    Call arguments:
        training: Whether to use batch statistics; None uses the mode of the surrounding call.
            Defaults to None.
        mask: Boolean tensor such as `(batch, time)`; False steps are excluded from the statistics,
            except in the fused kernel. Defaults to None.
    Input shape: Any.
    Output shape: Same as the input.
    Raises: ValueError if `axis` does not exist in the input or `fused=True` is not possible.
    Source: Ioffe and Szegedy, 2015, arXiv:1502.03167; Ioffe, 2017, arXiv:1702.03275
        (renormalization).
    >>> BatchNormalization()(tf.constant([[0.0], [10.0]]), training=True).numpy().round(3)
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    def __init__(
        self,
        axis: Ints = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        moving_mean_initializer: InitializerLike = "zeros",
        moving_variance_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike | None = None,
        gamma_regularizer: RegularizerLike | None = None,
        beta_constraint: ConstraintLike | None = None,
        gamma_constraint: ConstraintLike | None = None,
        synchronized: bool = False,
        renorm: bool = False,
        renorm_clipping=None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        virtual_batch_size: int | None = None,
        adjustment=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.axis = check_axis(self, axis)
        self.momentum = check_number(self, "momentum", momentum, 0, 1)
        self.epsilon = epsilon
        self.center, self.scale = center, scale
        self.synchronized = synchronized
        self.renorm = renorm
        # A tuple of pairs: dicts assigned as attributes become tracked wrappers.
        self._clipping = tuple(batch_renorm.check_clipping(self, renorm_clipping).items())
        self.renorm_momentum = renorm_momentum
        self.adjustment = adjustment
        self.virtual_batch_size = virtual_batch_size
        if virtual_batch_size is not None:
            check_positive_int(self, "virtual_batch_size", virtual_batch_size)
            if adjustment is not None:
                raise ValueError(
                    f"{describe(self)}: virtual_batch_size and adjustment cannot be used together."
                )
        self.fused = self._given_fused = fused
        reason = why_not_fusable(self)
        self._check_fused(reason)
        if reason is not None:
            self.fused = False
        store_settings(
            self,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            moving_mean_initializer=moving_mean_initializer,
            moving_variance_initializer=moving_variance_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.supports_masking = True
        self._warned_of_mask = False

    def _check_fused(self, reason):
        if self.fused and reason:
            raise ValueError(f"{describe(self)}: fused=True is not possible {reason}.")

    def build(self, input_shape: Shape):
        rank = input_shape.rank
        self.axis = axes_of(self, rank)
        sizes = {axis: self.known_dim(input_shape, axis) for axis in self.axis}
        self.input_spec = InputSpec(ndim=rank, axes=sizes)
        reason = why_not_fusable(self, rank)
        self._check_fused(reason)
        self.fused = reason is None if self.fused is None else bool(self.fused)
        shape = tuple(sizes.get(axis, 1) for axis in range(rank))
        if self.virtual_batch_size is not None:
            shape = virtual_batches.weight_shape(self, shape)
        elif len(sizes) == 1:
            shape = tuple(sizes.values())
        self._add_weights(shape)

    def _add_weights(self, shape):
        # Statistics and what is applied to them stay in float32 in half-precision layers.
        dtype = "float32" if tf.as_dtype(self.variable_dtype).size < 4 else self.variable_dtype
        options = {"dtype": dtype, "autocast": False}
        self.gamma = add_set_weight(self, "gamma", shape, **options) if self.scale else None
        self.beta = add_set_weight(self, "beta", shape, **options) if self.center else None
        options.update(
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.MEAN,
        )
        self.moving_mean = add_set_weight(self, "moving_mean", shape, **options)
        self.moving_variance = add_set_weight(self, "moving_variance", shape, **options)
        if self.renorm:
            batch_renorm.add_weights(self, shape, **options)

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None):
        inputs = tf.cast(inputs, self.compute_dtype)
        if not self.trainable:
            training = False
        if self.fused:
            self._warn_of_mask(mask)
            return smart_cond(
                training,
                lambda: self._train_fused(inputs),
                lambda: fused_batch_norm(self, inputs, is_training=False)[0],
            )
        return smart_cond(training, lambda: self._train(inputs, mask), lambda: self._infer(inputs))

    def _warn_of_mask(self, mask):
        if mask is not None and not self._warned_of_mask:
            self._warned_of_mask = True
            warnings.warn(
                f"{describe(self)}: the fused kernel ignores the mask in its statistics. Pass"
                " fused=False to use it."
            )

    # The fused kernel -----------------------------------------------------------------------------

    def _train_fused(self, inputs):
        outputs, mean, variance = fused_batch_norm(self, inputs, is_training=True)
        if self._may_be_empty():
            filled = tf.shape(inputs)[0] > 0
            mean = tf.where(filled, mean, self.moving_mean)
            variance = tf.where(filled, variance, self.moving_variance)
        self.moving_mean.assign(mean)
        self.moving_variance.assign(variance)
        return outputs

    # The formula ----------------------------------------------------------------------------------

    def _train(self, inputs, mask):
        values = _at_least_float32(inputs)
        if self.virtual_batch_size is not None:
            values = virtual_batches.split(values, self.virtual_batch_size)
        mean, variance = self._moments_of_batch(values, mask)
        scale, offset = self.gamma, self.beta
        if self.adjustment is not None:
            scale, offset = _compose(
                *self.adjustment(tf.shape(values)), self._broadcast(scale), self._broadcast(offset)
            )
        batch_mean, batch_variance = mean, variance
        if self.virtual_batch_size is not None:
            batch_mean, batch_variance = map(virtual_batches.average, (mean, variance))
        is_filled = tf.shape(inputs)[0] > 0 if self._may_be_empty() else None
        if self.renorm:
            r, d = batch_renorm.update(self, batch_mean, batch_variance, is_filled)
            scale, offset = _compose(r, d, scale, offset)
        else:
            move_towards(self.moving_variance, batch_variance, self.momentum, is_filled)
        move_towards(self.moving_mean, batch_mean, self.momentum, is_filled)
        return self._apply(values, inputs, mean, variance, scale, offset)

    def _infer(self, inputs):
        values = _at_least_float32(inputs)
        if self.virtual_batch_size is not None:
            values = tf.expand_dims(values, axis=1)
        return self._apply(
            values, inputs, self.moving_mean, self.moving_variance, self.gamma, self.beta
        )

    def _apply(self, values, inputs, mean, variance, scale, offset):
        """Normalize `values` and restore the dtype and shape of `inputs`."""
        mean, variance, scale, offset = (
            None if one is None else tf.cast(self._broadcast(one), values.dtype)
            for one in (mean, variance, scale, offset)
        )
        outputs = tf.nn.batch_normalization(values, mean, variance, offset, scale, self.epsilon)
        outputs = tf.cast(outputs, inputs.dtype)
        if self.virtual_batch_size is not None:
            outputs = tf.reshape(outputs, tf.shape(inputs))
        outputs.set_shape(inputs.shape)
        return outputs

    def _broadcast(self, statistic):
        """Reshape a statistic or weight of shape `(channels,)` to broadcast against the input."""
        rank = self.input_spec.ndim
        if statistic is None or statistic.shape.rank != 1 or self.axis == (rank - 1,):
            return statistic
        return tf.reshape(statistic, [-1 if axis in self.axis else 1 for axis in range(rank)])

    def _moments_of_batch(self, values, mask):
        """Return mean and variance in the shape of the weights; one of each per virtual batch."""
        shift = 0 if self.virtual_batch_size is None else 1
        kept = {axis + shift for axis in self.axis} | ({1} if shift else set())
        axes = [axis for axis in range(values.shape.rank) if axis not in kept]
        keepdims = len(self.moving_mean.shape) > 1
        return batch_moments(values, axes, keepdims, mask, self.synchronized)

    def _may_be_empty(self):
        """Return whether a replica may get no rows, as happens in a short last batch."""
        return not self.synchronized and replica_may_be_empty()

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        moving = ("moving_mean_initializer", "moving_variance_initializer")
        settings = settings_config(self, *weight_arguments("beta", "gamma"), *moving)
        # Keras 2 leaves these out: they are only included if they are in use.
        optional = batch_renorm.config(self) if self.renorm else {}
        if self.synchronized:
            optional["synchronized"] = True
        if self.virtual_batch_size is not None:
            optional["virtual_batch_size"] = self.virtual_batch_size
        if self._given_fused is not None:
            optional["fused"] = self._given_fused
        return {
            **super().get_config(),
            "axis": config_axis(self.axis),
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **settings,
            **optional,
        }


def _at_least_float32(inputs):
    return tf.cast(inputs, tf.float32) if inputs.dtype.size < 4 else inputs


def _compose(inner_scale, inner_offset, scale, offset):
    """Return scale and offset of `(x * inner_scale + inner_offset) * scale + offset`; None means
    identity.
    """
    if scale is not None:
        inner_scale, inner_offset = inner_scale * scale, inner_offset * scale
    return inner_scale, inner_offset if offset is None else inner_offset + offset
