"""Unit normalization: vectors scaled to unit length."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.normalization.axes import check_axis, config_axis
from tfk.saving.registry import register
from tfk.typing import Config, Ints, Shape, TensorLike
from tfk.utils.conv_arithmetic import normalize_axis


@register("layers")
class UnitNormalization(Layer):
    """Layer that divides its input by the Euclidean norm along `axis`.

    Args:
        axis: Axis to normalize along, an integer or a list of integers. Defaults to -1.
    Input shape: Any.
    Output shape: Same as the input.
    Raises: TypeError if `axis` is neither an integer nor a list of integers.
    >>> UnitNormalization()(tf.constant([[3.0, 4.0]])).numpy()
    array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: Ints = -1, **kwargs):
        super().__init__(**kwargs)
        self.axis = check_axis(self, axis)
        self.supports_masking = True

    def build(self, input_shape: Shape):
        normalize_axis(self.axis, input_shape.rank, self)

    def call(self, inputs: TensorLike):
        return tf.linalg.l2_normalize(tf.cast(inputs, self.compute_dtype), axis=self.axis)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": config_axis(self.axis)}
