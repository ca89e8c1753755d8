"""Masking layer: masks padded time steps."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.masks import set_mask


@register("layers")
class Masking(Layer):
    """Layer that masks time steps whose features all equal `mask_value`, and sets them to zero.

    Args:
        mask_value: Number that marks a padded step. Defaults to 0.0.
    Input shape: `(batch, time, ..., features)`.
    Output shape: Same as the input.
    >>> outputs = Masking(mask_value=9.0)(tf.constant([[[1.0, 9.0], [9.0, 9.0]]]))
    >>> outputs._keras_mask.numpy()
    array([[ True, False]])
    """

    keeps_input_dtype = True
    makes_masks = True

    def __init__(self, mask_value: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return tf.reduce_any(tf.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: TensorLike):
        kept = tf.reduce_any(tf.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = inputs * tf.cast(kept, inputs.dtype)
        set_mask(outputs, tf.squeeze(kept, axis=-1))  # saves computing it again in compute_mask
        return outputs

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "mask_value": self.mask_value}
