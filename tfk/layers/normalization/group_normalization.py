"""Group normalization: normalization over groups of channels of each sample."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.layers.normalization.standardize import standardize
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
from tfk.utils.checks import check_int, describe
from tfk.utils.conv_arithmetic import normalize_axis


@register("layers")
class GroupNormalization(Layer):
    """Group normalization: `gamma * (x - mean) / sqrt(variance + epsilon) + beta` per channel
        group.

    Mean and variance are those of each group of channels of each sample.

    Args:
        groups: Number of groups, a divisor of the number of channels; 1 is layer normalization over
            all channels, -1 instance normalization. Defaults to 32.
        axis: The channel axis; its size must be known. Defaults to -1.
        epsilon: Small constant added to the variance to avoid division by zero. Defaults to 0.001.
        center: Whether to add `beta`. Defaults to True.
        scale: Whether to multiply by `gamma`. Defaults to True.
        beta_initializer, gamma_initializer: Initializers of the weights, names or objects. Default
            to `"zeros"` and `"ones"`.
        beta_regularizer, gamma_regularizer: Optional regularizers of the weights, names or objects.
            Both default to None.
        beta_constraint, gamma_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Call arguments:
        mask: Boolean tensor such as `(batch, time)`; False steps are excluded from the statistics.
            Defaults to None.
    Input shape: `(batch, ...)`.
    Output shape: Same as the input.
    Raises: ValueError if `groups` does not divide the number of channels.
    Source: Wu and He, 2018, arXiv:1803.08494.
    >>> GroupNormalization(groups=2)(tf.constant([[0.0, 10.0, 5.0, 7.0]])).numpy().round(2)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        groups: int = 32,
        axis: Ints = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike | None = None,
        gamma_regularizer: RegularizerLike | None = None,
        beta_constraint: ConstraintLike | None = None,
        gamma_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.groups = check_int(self, "groups", groups, minimum=-1)
        self.axis = check_int(self, "axis", axis)
        self.epsilon = epsilon
        self.center, self.scale = center, scale
        store_settings(
            self,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.supports_masking = True

    def build(self, input_shape: Shape):
        normalize_axis(self.axis, input_shape.rank, self)
        channels = self.known_dim(input_shape, self.axis)
        self.groups = channels if self.groups == -1 else self.groups
        if self.groups == 0 or channels % self.groups:
            raise ValueError(
                f"{describe(self)}: groups={self.groups} must divide the {channels} channels on"
                f" axis {self.axis} of an input of shape {tuple(input_shape)}."
            )
        self.input_spec = InputSpec(ndim=input_shape.rank, axes={self.axis: channels})
        self.gamma = add_set_weight(self, "gamma", (channels,)) if self.scale else None
        self.beta = add_set_weight(self, "beta", (channels,)) if self.center else None

    def call(self, inputs: TensorLike, mask: TensorLike = None):
        axis = self.axis % inputs.shape.rank
        if mask is None:
            outputs = standardize(inputs, lambda x: group_means(x, axis, self.groups), self.epsilon)
        else:
            weights = _for_each_element(mask, inputs)
            kept = group_means(weights, axis, self.groups)

            def mean(x):
                return tf.math.divide_no_nan(group_means(x * weights, axis, self.groups), kept)

            centered = inputs - mean(inputs)
            outputs = centered * tf.math.rsqrt(mean(tf.square(centered)) + self.epsilon)
        shape = [-1] + [1] * (inputs.shape.rank - axis - 1)
        if self.scale:
            outputs *= tf.reshape(self.gamma, shape)
        if self.center:
            outputs += tf.reshape(self.beta, shape)
        return outputs

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("beta", "gamma"))
        return {
            **super().get_config(),
            "groups": self.groups,
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **settings,
        }


def group_means(values, axis, groups):
    """Return the mean of each channel group of each sample, broadcastable against `values`.

    Positions are averaged first, which leaves little work for the groups.
    """
    rank, channels = values.shape.rank, values.shape[axis]
    means = tf.reduce_mean(
        values, [other for other in range(1, rank) if other != axis]
    )  # (batch, channels)
    if groups < channels:
        means = tf.reduce_mean(tf.reshape(means, (-1, groups, channels // groups)), axis=2)
        means = tf.repeat(means, channels // groups, axis=1)
    return tf.reshape(means, [-1] + [channels if other == axis else 1 for other in range(1, rank)])


def _for_each_element(mask, inputs):
    """Expand a mask of the leading axes to numbers in the shape of the inputs."""
    for _ in range(inputs.shape.rank - mask.shape.rank):
        mask = tf.expand_dims(mask, axis=-1)
    return tf.broadcast_to(tf.cast(mask, inputs.dtype), tf.shape(inputs))
