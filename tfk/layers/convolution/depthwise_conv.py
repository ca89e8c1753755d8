"""Depthwise convolutions: each channel is filtered separately."""

import tensorflow as tf

from tfk.layers.convolution.channelwise_conv import ChannelwiseConv, convolve_channels
from tfk.layers.convolution.window import channel_axis, in_channels_last
from tfk.layers.core.weight_settings import add_set_weight
from tfk.saving.registry import register
from tfk.typing import (
    ActivationLike,
    ConstraintLike,
    DataFormat,
    InitializerLike,
    Ints,
    RegularizerLike,
    Shape,
    TensorLike,
)


class DepthwiseConv(ChannelwiseConv):
    """Base class of `DepthwiseConv1D` and `DepthwiseConv2D`, which set `rank`."""

    def __init__(
        self,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        depthwise_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        depthwise_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(
            kernel_size,
            strides=strides,
            padding=padding,
            depth_multiplier=depth_multiplier,
            data_format=data_format,
            dilation_rate=dilation_rate,
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

    def build(self, input_shape: Shape):
        super().build(input_shape)
        made = self._output_channels(input_shape)
        self.bias = add_set_weight(self, "bias", (made,)) if self.use_bias else None

    def convolution_op(self, inputs: TensorLike, kernel):
        """Apply the convolution without bias and activation.

        Args:
            inputs: Tensor in the data format of the layer.
            kernel: Tensor with the shape of `self.depthwise_kernel`.
        """

        def run(x):
            return convolve_channels(x, kernel, self.strides, self._op_padding, self.dilation_rate)

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def _output_channels(self, input_shape):
        channels = tf.TensorShape(input_shape)[channel_axis(self.data_format, self.rank)]
        return None if channels is None else channels * self.depth_multiplier


@register("layers")
class DepthwiseConv1D(DepthwiseConv):
    """1D depthwise convolution: filters each channel separately along one axis.

    Args:
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Stride of the window, an integer or a tuple of one; cannot exceed 1 together with
            `dilation_rate`. Defaults to 1.
        padding: `"valid"` (no padding) or `"same"` (zeros on both sides, so that stride 1 preserves
            the length). Defaults to `"valid"`.
        depth_multiplier: Number of output channels per input channel, a positive integer. Defaults
            to 1.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of one. Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each output channel. Defaults to True.
        depthwise_initializer, bias_initializer: Initializers of the weights, names or objects.
            Default to `"glorot_uniform"` and `"zeros"`.
        depthwise_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        depthwise_constraint, bias_constraint: Optional constraints applied to the weights after
            each update. Both default to None.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, new_time, depth_multiplier * channels)`, or channels before time.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    >>> DepthwiseConv1D(3)(tf.ones((2, 10, 3))).shape
    TensorShape([2, 8, 3])
    """

    rank = 1


@register("layers")
class DepthwiseConv2D(DepthwiseConv):
    """2D depthwise convolution: filters each channel of images separately.

    Args:
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Stride of the window, an integer or a tuple of two equal ones; cannot exceed 1
            together with `dilation_rate`. Defaults to `(1, 1)`.
        padding: `"valid"` (no padding) or `"same"` (zeros on all sides, so that stride 1 preserves
            the size). Defaults to `"valid"`.
        depth_multiplier: Number of output channels per input channel, a positive integer. Defaults
            to 1.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of two. Defaults to
            `(1, 1)`.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each output channel. Defaults to True.
        depthwise_initializer, bias_initializer: Initializers of the weights, names or objects.
            Default to `"glorot_uniform"` and `"zeros"`.
        depthwise_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        depthwise_constraint, bias_constraint: Optional constraints applied to the weights after
            each update. Both default to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, depth_multiplier * channels)`, or channels before
        height.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> DepthwiseConv2D(3, depth_multiplier=2)(tf.ones((2, 8, 8, 3))).shape
    TensorShape([2, 6, 6, 6])
    """

    rank = 2
