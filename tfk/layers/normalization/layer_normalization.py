"""Layer normalization: normalization over the features of each sample."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.layers.normalization.axes import axes_of, check_axis, config_axis
from tfk.layers.normalization.standardize import standardize, standardize_rows
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


@register("layers")
class LayerNormalization(Layer):
    """Layer normalization: `gamma * (x - mean) / sqrt(variance + epsilon) + beta` per sample.

    Mean and variance are taken along `axis`.

    Args:
        axis: The axis or axes to normalize over; their sizes must be known. Defaults to -1.
        epsilon: Small constant added to the variance to avoid division by zero. Defaults to 0.001.
        center: Whether to add `beta`. Defaults to True.
        scale: Whether to multiply by `gamma`. Defaults to True.
        beta_initializer, gamma_initializer: Initializers of the weights, names or objects. Default
            to `"zeros"` and `"ones"`.
        beta_regularizer, gamma_regularizer: Optional regularizers of the weights, names or objects.
            Both default to None.
        beta_constraint, gamma_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: Any; ragged inputs are padded internally.
    Output shape: Same as the input.
    Raises: ValueError if `axis` does not exist in the input or its size is unknown.
    Source: Ba et al., 2016, arXiv:1607.06450.
    >>> LayerNormalization()(tf.constant([[0.0, 10.0]])).numpy().round(3)
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
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
        self.axis = check_axis(self, axis)
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
        self.axis = axes_of(self, input_shape.rank)
        shape = [self.known_dim(input_shape, axis) for axis in self.axis]
        self.gamma = add_set_weight(self, "gamma", shape, autocast=False) if self.scale else None
        self.beta = add_set_weight(self, "beta", shape, autocast=False) if self.center else None

    def call(self, inputs: TensorLike):
        if isinstance(inputs, tf.RaggedTensor):
            outputs = self.call(inputs.to_tensor())
            return tf.RaggedTensor.from_tensor(outputs, inputs.nested_row_lengths())
        inputs = tf.cast(inputs, self.compute_dtype)
        # Half precision is too coarse for sums of squares.
        outputs = tf.cast(inputs, tf.float32) if inputs.dtype.size < 4 else inputs
        return tf.cast(self._normalize(outputs), inputs.dtype)

    def _normalize(self, x):
        if self.scale and self.center and self.axis == (x.shape.rank - 1,):
            gamma, beta = tf.cast(self.gamma, x.dtype), tf.cast(self.beta, x.dtype)
            return standardize_rows(x, gamma, beta, self.epsilon)
        outputs = standardize(
            x, lambda x: tf.reduce_mean(x, self.axis, keepdims=True), self.epsilon
        )
        if self.scale:
            outputs *= self._along_axes(self.gamma, outputs)
        if self.center:
            outputs += self._along_axes(self.beta, outputs)
        return outputs

    def _along_axes(self, weight, outputs):
        """Reshape the weight to broadcast against the outputs."""
        weight = tf.cast(weight, outputs.dtype)
        rank = outputs.shape.rank
        if self.axis == tuple(range(rank - len(self.axis), rank)):
            return weight
        # Elements in the order of the axes of the input, also if `axis` names them in another
        # order.
        return tf.reshape(
            weight, [outputs.shape[axis] if axis in self.axis else 1 for axis in range(rank)]
        )

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("beta", "gamma"))
        return {
            **super().get_config(),
            "axis": config_axis(self.axis),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **settings,
        }
