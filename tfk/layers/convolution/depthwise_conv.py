"""Depthwise convolution: each channel by itself."""

import tensorflow as tf

from tfk.layers.convolution.channelwise_conv import ChannelwiseConv, convolve_channels
from tfk.layers.convolution.window import channel_axis, in_channels_last
from tfk.layers.core.weight_settings import add_set_weight
from tfk.saving.registry import register


class DepthwiseConv(ChannelwiseConv):
    """Base of DepthwiseConv1D and DepthwiseConv2D, which set `rank`."""

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        depth_multiplier=1,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        bias_constraint=None,
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

    def build(self, input_shape):
        super().build(input_shape)
        made = self._output_channels(input_shape)
        self.bias = add_set_weight(self, "bias", (made,)) if self.use_bias else None

    def convolution_op(self, inputs, kernel):
        """The convolution alone, without bias and activation.

        Args:
            inputs: Tensor in the layout of the layer.
            kernel: Tensor in the shape of `self.depthwise_kernel`.
        """

        def run(x):
            return convolve_channels(x, kernel, self.strides, self._op_padding, self.dilation_rate)

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def _output_channels(self, input_shape):
        channels = tf.TensorShape(input_shape)[channel_axis(self.data_format, self.rank)]
        return None if channels is None else channels * self.depth_multiplier


@register("layers")
class DepthwiseConv1D(DepthwiseConv):
    """Convolution over one axis, each channel by itself.

    Args: as of `DepthwiseConv2D`, with sizes that are integers or tuples of one.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: The same with a new size and `depth_multiplier` times the channels.
    >>> DepthwiseConv1D(3)(tf.ones((2, 10, 3))).shape
    TensorShape([2, 8, 3])
    """

    rank = 1


@register("layers")
class DepthwiseConv2D(DepthwiseConv):
    """Convolution over the height and width of images, each channel by itself.

    Args:
        kernel_size: Size of the window, an integer or a tuple of two.
        strides: Step of the window, an integer or a tuple of two equal ones; not together with a
            dilation.
        padding: `"valid"` (no padding) or `"same"` (zeros around, so that stride 1 keeps the size).
        depth_multiplier: Number of output channels for each input channel.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
        dilation_rate: Distance between the window's elements, an integer or a tuple of two.
        activation: Name or function applied to the output; None for none.
        use_bias: Whether to add a bias to each output channel.
        depthwise_initializer, bias_initializer: Initial values, names or objects.
        depthwise_regularizer, bias_regularizer: Penalties of the weights.
        activity_regularizer: Penalty of the output.
        depthwise_constraint, bias_constraint: Projections applied after each update.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: The same with new sizes and `depth_multiplier` times the channels.
    Raises: ValueError for invalid sizes or an input smaller than the window.
    >>> DepthwiseConv2D(3, depth_multiplier=2)(tf.ones((2, 8, 8, 3))).shape
    TensorShape([2, 6, 6, 6])
    """

    rank = 2
