"""Separable convolutions: a depthwise convolution followed by a pointwise one."""

from tfk.layers.convolution.channelwise_conv import ChannelwiseConv, convolve_channels
from tfk.layers.convolution.conv import convolve
from tfk.layers.convolution.window import in_channels_last
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.saving.registry import register
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
from tfk.utils.checks import check_positive_int


class SeparableConv(ChannelwiseConv):
    """Base class of `SeparableConv1D` and `SeparableConv2D`, which set `rank`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
        depth_multiplier: int = 1,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        pointwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike | None = None,
        pointwise_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        depthwise_constraint: ConstraintLike | None = None,
        pointwise_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            depth_multiplier=depth_multiplier,
            activation=activation,
            use_bias=use_bias,
            depthwise_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        self.filters = check_positive_int(self, "filters", filters)
        store_settings(
            self,
            pointwise_initializer=pointwise_initializer,
            pointwise_regularizer=pointwise_regularizer,
            pointwise_constraint=pointwise_constraint,
        )

    def build(self, input_shape: Shape):
        super().build(input_shape)
        channels = self.depthwise_kernel.shape[-2]
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.bias = add_set_weight(self, "bias", (self.filters,)) if self.use_bias else None

    def convolution_op(self, inputs: TensorLike, kernel):
        """Apply both convolutions without bias and activation.

        Args:
            inputs: Tensor in the data format of the layer; already padded if `padding="causal"`.
            kernel: Tensor with the shape of `self.depthwise_kernel`.
        """
        ones = (1,) * self.rank

        def run(x):
            apart = convolve_channels(x, kernel, self.strides, self._op_padding, self.dilation_rate)
            return convolve(apart, self.pointwise_kernel, ones, "VALID", ones)

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def _output_channels(self, input_shape):
        return self.filters

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("pointwise", "kernel"))
        return {
            **super().get_config(),
            "filters": self.filters,
            **settings,
        }


@register("layers", aliases=("SeparableConvolution1D",))
class SeparableConv1D(SeparableConv):
    """1D separable convolution: a depthwise convolution, then a pointwise one that mixes channels.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Stride of the window, an integer or a tuple of one; cannot exceed 1 together with
            `dilation_rate`. Defaults to 1.
        padding: `"valid"` (no padding), `"same"` (zeros on both sides, so that stride 1 preserves
            the length) or `"causal"` (zeros at the start only). Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of one. Defaults to 1.
        depth_multiplier: Number of intermediate channels per input channel, a positive integer.
            Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each filter. Defaults to True.
        depthwise_initializer, pointwise_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"glorot_uniform"` and `"zeros"`.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: Optional regularizers of the
            weights, names or objects. All default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        depthwise_constraint, pointwise_constraint, bias_constraint: Optional constraints applied to
            the weights after each update. All default to None.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, new_time, filters)`, or filters before time.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    Source: Chollet, 2016, arXiv:1610.02357.
    >>> SeparableConv1D(4, 3)(tf.ones((2, 10, 3))).shape
    TensorShape([2, 8, 4])
    """

    rank = 1
    paddings = ("valid", "same", "causal")


@register("layers", aliases=("SeparableConvolution2D",))
class SeparableConv2D(SeparableConv):
    """2D separable convolution: a depthwise convolution, then a pointwise one that mixes channels.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Stride of the window, an integer or a tuple of two equal ones; cannot exceed 1
            together with `dilation_rate`. Defaults to `(1, 1)`.
        padding: `"valid"` (no padding) or `"same"` (zeros on all sides, so that stride 1 preserves
            the size). Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of two. Defaults to
            `(1, 1)`.
        depth_multiplier: Number of intermediate channels per input channel, a positive integer.
            Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each filter. Defaults to True.
        depthwise_initializer, pointwise_initializer, bias_initializer: Initializers of the weights,
            names or objects. Default to `"glorot_uniform"`, `"glorot_uniform"` and `"zeros"`.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer: Optional regularizers of the
            weights, names or objects. All default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        depthwise_constraint, pointwise_constraint, bias_constraint: Optional constraints applied to
            the weights after each update. All default to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, filters)`, or filters before height.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    Source: Chollet, 2016, arXiv:1610.02357.
    >>> SeparableConv2D(4, 3)(tf.ones((2, 8, 8, 3))).shape
    TensorShape([2, 6, 6, 4])
    """

    rank = 2


SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
