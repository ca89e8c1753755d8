"""Rescaling layer: linear scaling of inputs."""

import numpy as np
import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike


@register("layers")
class Rescaling(Layer):
    """Layer that computes `inputs * scale + offset` in the compute dtype, in training and
    inference.

    Args:
        scale: Number or array that broadcasts against the input. `1 / 255` maps bytes to `[0, 1]`.
        offset: Number or array that broadcasts against the input. `scale=1 / 127.5, offset=-1` maps
            bytes to `[-1, 1]`. Defaults to 0.0.
    Input shape: Any, numbers of any dtype, also ragged.
    Output shape: Same as the input.
    >>> Rescaling(1 / 255)(tf.constant([0, 51, 255], tf.uint8)).numpy().round(3)
    array([0. , 0.2, 1. ], dtype=float32)
    """

    def __init__(self, scale, offset: float = 0.0, **kwargs):
        super().__init__(**kwargs)
        # Sequences are stored as tuples: lists assigned as attributes become tracked wrappers.
        self.scale = tuple(scale) if isinstance(scale, list) else scale
        self.offset = tuple(offset) if isinstance(offset, list) else offset

    def call(self, inputs: TensorLike):
        values = tf.cast(inputs, self.compute_dtype)
        scale, offset = (
            tf.constant(np.asarray(number), values.dtype) for number in (self.scale, self.offset)
        )
        return values * scale + offset

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
