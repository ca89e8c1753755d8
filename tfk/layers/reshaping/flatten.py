"""Flatten layer."""

import math

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, DataFormat, Shape, TensorLike
from tfk.utils.conv_arithmetic import normalize_data_format


@register("layers")
class Flatten(Layer):
    """Layer that flattens each sample to a vector.

    Args:
        data_format: `"channels_last"`, or `"channels_first"` to move axis 1 to the end first, which
            yields the order of channels-last data; None uses `tfk.config.image_data_format()`.
            Defaults to None.
    Input shape: `(batch, ...)`.
    Output shape: `(batch, product of the other sizes)`; `(batch, 1)` for rank 1.
    >>> Flatten()(tf.ones((2, 3, 4))).shape
    TensorShape([2, 12])
    """

    keeps_input_dtype = True

    def __init__(self, data_format: DataFormat | None = None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format, self)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: TensorLike):
        rank = inputs.shape.rank
        if self.data_format == "channels_first" and rank is not None and rank > 2:
            inputs = tf.transpose(inputs, (0, *range(2, rank), 1))
        batch, size = self.compute_output_shape(inputs.shape)
        if size is None:
            batch = tf.shape(inputs)[0] if batch is None else batch
            return tf.reshape(inputs, (batch, -1))
        return tf.reshape(inputs, (-1, size) if size else (tf.shape(inputs)[0], 0))

    def compute_output_shape(self, input_shape: Shape):
        input_shape = tf.TensorShape(input_shape)
        if input_shape.rank is None:
            return tf.TensorShape([None, None])
        rest = input_shape[1:].as_list()
        return tf.TensorShape([input_shape[0], None if None in rest else math.prod(rest)])

    def get_config(self) -> Config:
        return {**super().get_config(), "data_format": self.data_format}
