"""Layer normalization: each sample by its own statistics."""

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


@register("layers")
class LayerNormalization(Layer):
    """Brings each sample to mean 0 and variance 1 along `axis`, then scales and shifts: `gamma * x
    + beta`.

    Args:
        axis: The axis or axes to normalize over; their sizes must be known.
        epsilon: Added to the variance.
        center: Whether to add `beta`.
        scale: Whether to multiply by `gamma`.
        beta_initializer, gamma_initializer: Initial values, names or objects.
        beta_regularizer, gamma_regularizer: Penalties of the weights.
        beta_constraint, gamma_constraint: Projections applied after each update.
    Input shape: Any; ragged tensors are padded with zeros meanwhile. Output shape: The same.
    Source: Ba et al., 2016, arXiv:1607.06450.
    >>> LayerNormalization()(tf.constant([[0.0, 10.0]])).numpy().round(3)
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
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

    def build(self, input_shape):
        self.axis = axes_of(self, input_shape.rank)
        shape = [self.known_dim(input_shape, axis) for axis in self.axis]
        self.gamma = add_set_weight(self, "gamma", shape, autocast=False) if self.scale else None
        self.beta = add_set_weight(self, "beta", shape, autocast=False) if self.center else None

    def call(self, inputs):
        if isinstance(inputs, tf.RaggedTensor):
            outputs = self.call(inputs.to_tensor())
            return tf.RaggedTensor.from_tensor(outputs, inputs.nested_row_lengths())
        inputs = tf.cast(inputs, self.compute_dtype)
        # Half precision has too few digits for sums of squares.
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
        """The weight in a shape that broadcasts against the outputs."""
        weight = tf.cast(weight, outputs.dtype)
        rank = outputs.shape.rank
        if self.axis == tuple(range(rank - len(self.axis), rank)):
            return weight
        # Elements in the order of the axes of the input, also if `axis` names them in another
        # order.
        return tf.reshape(
            weight, [outputs.shape[axis] if axis in self.axis else 1 for axis in range(rank)]
        )

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape)

    def get_config(self):
        settings = settings_config(self, *weight_arguments("beta", "gamma"))
        return {
            **super().get_config(),
            "axis": config_axis(self.axis),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **settings,
        }
