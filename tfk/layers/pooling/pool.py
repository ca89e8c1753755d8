"""What layers that pool a sliding window have in common."""

from tfk.engine.input_spec import InputSpec
from tfk.engine.layer import Layer
from tfk.layers.convolution.window import in_channels_last, window_lengths, window_output_shape
from tfk.utils.checks import check_tuple
from tfk.utils.conv_arithmetic import normalize_data_format, normalize_padding


class Pool(Layer):
    """Pools windows over `rank` axes; a subclass sets `rank` and `pool`, a function of channels-last inputs."""

    rank = None
    pool = None
    default_data_format = None  # None: the global setting

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = check_tuple(self, "pool_size", pool_size, self.rank)
        self.strides = check_tuple(self, "strides", pool_size if strides is None else strides, self.rank)
        self.padding = normalize_padding(padding, self)
        self.data_format = normalize_data_format(data_format or self.default_data_format, self)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs):
        def run(x):
            return type(self).pool(x, self.pool_size, self.strides, self.padding.upper())

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def compute_output_shape(self, input_shape):
        return window_output_shape(
            self,
            input_shape,
            self.rank,
            self.data_format,
            lambda sizes: window_lengths(sizes, self.pool_size, self.padding, self.strides),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }
