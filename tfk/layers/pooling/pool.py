"""Base class of layers that pool a sliding window."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import in_channels_last, window_lengths, window_output_shape
from tfk.typing import Config, DataFormat, Ints, Shape, TensorLike
from tfk.utils.checks import check_tuple
from tfk.utils.conv_arithmetic import normalize_data_format, normalize_padding
from tfk.utils.shapes import dynamic_shape


class Pool(Layer):
    """Base class that pools windows over `rank` axes; a subclass sets `rank` and `pool`, a function
    of channels-last inputs.
    """

    axes_hint = "Inputs are (batch, sizes, channels): add a channel axis with x[..., None]."

    rank = None
    pool = None
    default_data_format = None  # None: the global setting

    def __init__(
        self,
        pool_size: Ints = 2,
        strides: Ints | None = None,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.pool_size = check_tuple(self, "pool_size", pool_size, self.rank)
        self.strides = check_tuple(
            self, "strides", pool_size if strides is None else strides, self.rank
        )
        self.padding = normalize_padding(padding, self)
        self.data_format = normalize_data_format(data_format or self.default_data_format, self)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: TensorLike):
        def run(x):
            return type(self).pool(x, self.pool_size, self.strides, self.padding.upper())

        shape = self.compute_output_shape(inputs.shape)  # raises for inputs smaller than the window
        outputs = in_channels_last(run, inputs, self.data_format, self.rank)
        outputs.set_shape(shape)
        return outputs

    def compute_output_shape(self, input_shape: Shape):
        return window_output_shape(
            self,
            input_shape,
            self.rank,
            self.data_format,
            lambda sizes: window_lengths(sizes, self.pool_size, self.padding, self.strides),
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }


def pool_volumes(pool_volume, pool_image, inputs, size, strides, padding):
    """Pool `(batch, depth, height, width, channels)`, including dtypes the 3D kernel lacks.

    Args:
        pool_volume: The 3D kernel, `tf.nn.max_pool3d` or `tf.nn.avg_pool3d`.
        pool_image: The corresponding 2D kernel, applied to height and width, then to depth.
        inputs: The volumes.
        size, strides, padding: Window arguments as the kernels take them.
    """
    if inputs.dtype in (tf.float32, tf.bfloat16):
        return pool_volume(inputs, size, strides, padding)
    batch, depth, *image = dynamic_shape(inputs)
    planes = pool_image(tf.reshape(inputs, (-1, *image)), size[1:], strides[1:], padding)
    _, height, width, channels = dynamic_shape(planes)
    columns = tf.reshape(planes, (batch, depth, height * width, channels))
    columns = pool_image(columns, (size[0], 1), (strides[0], 1), padding)
    return tf.reshape(columns, (batch, dynamic_shape(columns)[1], height, width, channels))
