"""Base class of convolutions: window settings, bias and activation."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import channel_axis, window_lengths, window_output_shape
from tfk.layers.core.weight_settings import (
    ActivationSetting,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.typing import (
    ActivationLike,
    Config,
    ConstraintLike,
    DataFormat,
    InitializerLike,
    Ints,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import check_tuple, describe
from tfk.utils.conv_arithmetic import normalize_data_format, normalize_padding


class BaseConv(Layer):
    """Settings, shapes, bias and activation of convolutions over `rank` axes.

    A subclass sets `rank` and the class attributes below, creates its weights in `build` and
    computes in `_convolve(inputs)`, in its own layout and without bias.
    """

    axes_hint = "Inputs are (batch, sizes, channels): add a channel axis with x[..., None]."

    rank = None
    paddings = ("valid", "same")
    default_data_format = None  # None: the global setting
    activation = ActivationSetting()

    def __init__(
        self,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        bias_initializer: InitializerLike = "zeros",
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.kernel_size = check_tuple(self, "kernel_size", kernel_size, self.rank)
        self.strides = check_tuple(self, "strides", strides, self.rank)
        self.dilation_rate = check_tuple(self, "dilation_rate", dilation_rate, self.rank)
        self.padding = normalize_padding(padding, self, self.paddings)
        self.data_format = normalize_data_format(data_format or self.default_data_format, self)
        self.use_bias = use_bias
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{describe(self)}: strides={self.strides} and dilation_rate={self.dilation_rate}"
                " cannot both exceed 1."
            )
        store_settings(
            self,
            activation=activation,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint,
        )
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def _input_channels(self, input_shape):
        """Return the number of input channels and require it of all later inputs."""
        axis = channel_axis(self.data_format, self.rank)
        channels = self.known_dim(input_shape, axis)
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})
        return channels

    def call(self, inputs: TensorLike):
        inputs = tf.cast(inputs, self.compute_dtype)
        outputs = self._affine(self._pad_causally(inputs))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self.activation(outputs)

    def _affine(self, inputs):
        outputs = self._convolve(inputs)
        return self._add_bias(outputs) if self.use_bias else outputs

    def _convolve(self, inputs):
        raise NotImplementedError(f"{describe(self)}: a convolution must define _convolve(inputs).")

    def _pad_causally(self, inputs):
        if self.padding != "causal":
            return inputs
        left = [((size - 1) * rate, 0) for size, rate in zip(self.kernel_size, self.dilation_rate)]
        batch = [(0, 0)] * (inputs.shape.rank - self.rank - 1)
        first = self.data_format == "channels_first"
        return tf.pad(inputs, batch + ([(0, 0), *left] if first else [*left, (0, 0)]))

    @property
    def _op_padding(self):
        return "VALID" if self.padding == "causal" else self.padding.upper()

    def _add_bias(self, outputs):
        if self.data_format == "channels_first":
            return outputs + tf.reshape(self.bias, (-1,) + (1,) * self.rank)
        return tf.nn.bias_add(outputs, self.bias)

    def _output_channels(self, input_shape):
        raise NotImplementedError(
            f"{describe(self)}: a convolution must define _output_channels(input_shape)."
        )

    def _output_lengths(self, sizes):
        return window_lengths(
            sizes, self.kernel_size, self.padding, self.strides, self.dilation_rate
        )

    def compute_output_shape(self, input_shape: Shape):
        channels = self._output_channels(input_shape)
        return window_output_shape(
            self, input_shape, self.rank, self.data_format, self._output_lengths, channels
        )

    def get_config(self) -> Config:
        settings = settings_config(self, "activation", *weight_arguments("bias", activity=True))
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "use_bias": self.use_bias,
            **settings,
        }
