"""Base class of layers that pool all positions."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import spatial_axes
from tfk.typing import Config, DataFormat, Shape, TensorLike
from tfk.utils.checks import describe
from tfk.utils.conv_arithmetic import normalize_data_format


class GlobalPool(Layer):
    """Base class that reduces the spatial axes; a subclass sets `rank` and `reduce`, a function
    such as `tf.reduce_max`.
    """

    axes_hint = "Inputs are (batch, sizes, channels): add a channel axis with x[..., None]."

    rank = None
    reduce = None
    default_data_format = None  # None: the global setting

    def __init__(self, data_format: DataFormat | None = None, keepdims: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format or self.default_data_format, self)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _axes(self):
        return spatial_axes(self.data_format, self.rank)

    def build(self, input_shape: Shape):
        if any(input_shape[axis] == 0 for axis in self._axes):
            raise ValueError(
                f"{describe(self)}: an input of shape {tuple(input_shape)} has nothing to pool."
            )

    def call(self, inputs: TensorLike):
        return type(self).reduce(inputs, axis=self._axes, keepdims=self.keepdims)

    def compute_output_shape(self, input_shape: Shape):
        sizes = enumerate(tf.TensorShape(input_shape).as_list())
        reduced = 1 if self.keepdims else "gone"
        kept = [reduced if axis in self._axes else size for axis, size in sizes]
        return tf.TensorShape([size for size in kept if size != "gone"])

    def get_config(self) -> Config:
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}
