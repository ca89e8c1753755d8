"""Convolutions over one, two or three spatial axes."""

import tensorflow as tf

from tfk.engine.layer.call_context import is_training
from tfk.layers.convolution.base_conv import BaseConv
from tfk.layers.convolution.channelwise_conv import convolve_channels
from tfk.layers.convolution.window import in_channels_last
from tfk.layers.core.dense import affine_last_axis
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
from tfk.utils.checks import check_positive_int, describe
from tfk.utils.conv_arithmetic import tf_data_format
from tfk.utils.overrides import is_overridden


class Conv(BaseConv):
    """Base class of `Conv1D`, `Conv2D` and `Conv3D`, which set `rank`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
        groups: int = 1,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        **kwargs,
    ):
        super().__init__(
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        self.filters = check_positive_int(self, "filters", filters)
        self.groups = check_positive_int(self, "groups", groups or 1)
        if self.filters % self.groups:
            raise ValueError(
                f"{describe(self)}: filters={self.filters} is not divisible by"
                f" groups={self.groups}."
            )
        store_settings(
            self,
            kernel_initializer=kernel_initializer,
            kernel_regularizer=kernel_regularizer,
            kernel_constraint=kernel_constraint,
        )

    def build(self, input_shape: Shape):
        channels = self._input_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"{describe(self)}: the {channels} channels of an input of shape"
                f" {tuple(input_shape)} are not divisible by groups={self.groups}."
            )
        self.compute_output_shape(input_shape)  # raises for inputs smaller than the window
        self.kernel = add_set_weight(
            self, "kernel", (*self.kernel_size, channels // self.groups, self.filters)
        )
        self.bias = add_set_weight(self, "bias", (self.filters,)) if self.use_bias else None

    def _affine(self, inputs):
        plain = self.data_format == "channels_last" and not is_overridden(
            type(self), "convolution_op", Conv
        )
        if plain and is_product(self.kernel_size, self.strides, self.groups):
            return affine_last_axis(inputs, _as_matrix(self.kernel), self.bias)
        return super()._affine(inputs)

    def _convolve(self, inputs):
        return self.convolution_op(inputs, self.kernel)

    def convolution_op(self, inputs: TensorLike, kernel):
        """Apply the convolution without bias and activation; for subclasses that transform the
        kernel.

        Args:
            inputs: Tensor in the data format of the layer; already padded if `padding="causal"`.
            kernel: Tensor with the shape of `self.kernel`.
        """

        def run(x):
            return convolve(
                x, kernel, self.strides, self._op_padding, self.dilation_rate, self.groups
            )

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def _output_channels(self, input_shape):
        return self.filters

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("kernel"))
        return {**super().get_config(), "filters": self.filters, "groups": self.groups, **settings}


def convolve(inputs, kernel, strides, padding, dilations, groups=1):
    """Convolve `(batch, *spatial, channels)` with `(*window, channels / groups, filters)`."""
    window = kernel.shape[:-2].as_list()
    if groups > 1 and not tf.config.list_physical_devices("GPU"):
        return _convolve_groups(inputs, kernel, strides, padding, dilations, groups)
    if is_product(window, strides, groups):
        return affine_last_axis(inputs, _as_matrix(kernel))
    layout = tf_data_format("channels_last", len(window) + 2)
    return tf.nn.convolution(inputs, kernel, strides, padding, layout, dilations)


def is_product(window, strides, groups):
    """Return whether to compute the convolution as a matrix product.

    This is the case in training, for windows of one element that skip no positions; the gradient
    then needs no copies of patches. In inference TensorFlow can fuse a convolution with the
    normalization and the activation that follow it.
    """
    return groups == 1 and max(*window, *strides) == 1 and is_training()


def _as_matrix(kernel):
    """Reshape a kernel whose window has one element to `(channels, filters)`."""
    return tf.reshape(kernel, kernel.shape[-2:])


def _convolve_groups(inputs, kernel, strides, padding, dilations, groups):
    """Compute a grouped convolution where TensorFlow has no kernel: the CPU has none for its
    gradient.
    """
    *window, channels, filters = kernel.shape
    if channels == 1 and len(window) < 3 and len(set(strides)) == 1:
        kernel = tf.reshape(kernel, (*window, groups, filters // groups))
        return convolve_channels(inputs, kernel, strides, padding, dilations)
    parts = zip(tf.split(inputs, groups, axis=-1), tf.split(kernel, groups, axis=-1))
    return tf.concat([convolve(x, k, strides, padding, dilations) for x, k in parts], axis=-1)


@register("layers", aliases=("Convolution1D",))
class Conv1D(Conv):
    """1D convolution, over time or any single spatial axis.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Stride of the window, an integer or a tuple of one; cannot exceed 1 together with
            `dilation_rate`. Defaults to 1.
        padding: `"valid"` (no padding), `"same"` (zeros on both sides, so that stride 1 preserves
            the length) or `"causal"` (zeros at the start only, so that no output depends on a later
            input). Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`. Defaults to `"channels_last"`.
        dilation_rate: Spacing between window elements, an integer or a tuple of one. Defaults to 1.
        groups: Number of channel groups to convolve separately; must divide the input channels and
            `filters`. Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each filter. Defaults to True.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Default
            to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, bias_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: `(batch, ..., time, channels)`, or `(batch, channels, time)` with
        `"channels_first"`.
    Output shape: `(batch, ..., new_time, filters)`, or filters before time.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    >>> Conv1D(4, 3, padding="causal")(tf.ones((2, 10, 3))).shape
    TensorShape([2, 10, 4])
    """

    rank = 1
    paddings = ("valid", "same", "causal")
    default_data_format = "channels_last"


@register("layers", aliases=("Convolution2D",))
class Conv2D(Conv):
    """2D convolution, over the height and width of images.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Stride of the window, an integer or a tuple of two; cannot exceed 1 together with
            `dilation_rate`. Defaults to `(1, 1)`.
        padding: `"valid"` (no padding) or `"same"` (zeros on all sides, so that stride 1 preserves
            the size). Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of two. Defaults to
            `(1, 1)`.
        groups: Number of channel groups to convolve separately; must divide the input channels and
            `filters`. Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each filter. Defaults to True.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Default
            to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, bias_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: `(batch, ..., height, width, channels)`, or channels before height.
    Output shape: `(batch, ..., new_height, new_width, filters)`, or filters before height.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> Conv2D(4, 3, padding="same", activation="relu")(tf.ones((2, 8, 8, 3))).shape
    TensorShape([2, 8, 8, 4])
    """

    rank = 2


@register("layers", aliases=("Convolution3D",))
class Conv3D(Conv):
    """3D convolution, over the spatial axes of volumes or videos.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(depth, height, width)`.
        strides: Stride of the window, an integer or a tuple of three; cannot exceed 1 together with
            `dilation_rate`. Defaults to `(1, 1, 1)`.
        padding: `"valid"` (no padding) or `"same"` (zeros on all sides, so that stride 1 preserves
            the size). Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of three. Defaults to
            `(1, 1, 1)`.
        groups: Number of channel groups to convolve separately; must divide the input channels and
            `filters`. Defaults to 1.
        activation: Activation applied to the output, a name or a callable; None for a linear
            output. Defaults to None.
        use_bias: Whether to add a bias to each filter. Defaults to True.
        kernel_initializer, bias_initializer: Initializers of the weights, names or objects. Default
            to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the weights, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        kernel_constraint, bias_constraint: Optional constraints applied to the weights after each
            update. Both default to None.
    Input shape: `(batch, ..., depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, ..., new_depth, new_height, new_width, filters)`, or filters before
        depth.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> Conv3D(4, 3)(tf.ones((2, 8, 8, 8, 3))).shape
    TensorShape([2, 6, 6, 6, 4])
    """

    rank = 3


Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
