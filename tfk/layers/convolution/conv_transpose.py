"""Transposed convolutions: gradients of convolutions, used for upsampling."""

import warnings

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.convolution.conv import Conv, Conv1D, Conv2D, Conv3D
from tfk.layers.convolution.window import in_channels_last
from tfk.layers.core.weight_settings import add_set_weight
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
from tfk.utils.checks import check_tuple, describe
from tfk.utils.conv_arithmetic import conv_output_length, deconv_output_length, tf_data_format
from tfk.utils.shapes import dynamic_shape

OPERATIONS = {1: tf.nn.conv1d_transpose, 2: tf.nn.conv2d_transpose, 3: tf.nn.conv3d_transpose}


class ConvTranspose(Conv):
    """Mixin that turns `Conv1D`, `Conv2D` and `Conv3D` into transposed convolutions."""

    paddings = ("valid", "same")
    default_data_format = None
    dilates = True  # whether `dilation_rate` has an effect

    def __init__(
        self,
        filters: int,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        output_padding: Ints | None = None,
        data_format: DataFormat | None = None,
        dilation_rate: Ints = 1,
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
            filters,
            kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        if self.groups != 1:
            raise ValueError(
                f"{describe(self)}: groups={self.groups} is not possible in a transposed"
                " convolution."
            )
        if not self.dilates and max(self.dilation_rate) > 1:
            warnings.warn(
                f"{describe(self)}: dilation_rate={self.dilation_rate} has no effect, as in Keras"
                " 2.",
                stacklevel=2,
            )
        self.output_padding = output_padding
        if output_padding is not None:
            self.output_padding = check_tuple(
                self, "output_padding", output_padding, self.rank, minimum=0
            )
            self._check_output_padding()
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _dilations(self):
        return self.dilation_rate if self.dilates else (1,) * self.rank

    def _check_output_padding(self):
        """Check that the convolution maps the output back to the input size."""
        for axis, (size, made) in enumerate(
            zip((10,) * self.rank, self._output_lengths((10,) * self.rank))
        ):
            reach = (self.kernel_size[axis] - 1) * self._dilations[axis] + 1
            if conv_output_length(made, reach, self.padding, self.strides[axis]) != size:
                raise ValueError(
                    f"{describe(self)}: output_padding={self.output_padding} does not match"
                    f" strides={self.strides} and kernel_size={self.kernel_size} with"
                    f" padding={self.padding!r}. It must be smaller than the strides; None works"
                    " out what fits."
                )

    def build(self, input_shape: Shape):
        channels = self._input_channels(input_shape)
        self.input_spec = InputSpec(ndim=self.rank + 2, axes=self.input_spec.axes)
        self.kernel = add_set_weight(self, "kernel", (*self.kernel_size, self.filters, channels))
        self.bias = add_set_weight(self, "bias", (self.filters,)) if self.use_bias else None

    def convolution_op(self, inputs: TensorLike, kernel):
        """Apply the transposed convolution without bias and activation.

        Args:
            inputs: Tensor in the data format of the layer.
            kernel: Tensor with the shape of `self.kernel`.
        """

        def run(x):
            batch, *sizes, _ = dynamic_shape(x)
            # The CPU has no dilated kernel; zeros between the elements of the window do the same.
            window = spread(kernel, self._dilations)
            layout = tf_data_format("channels_last", self.rank + 2)
            shape = tf.stack([batch, *self._output_lengths(sizes), self.filters])
            return OPERATIONS[self.rank](
                x, window, shape, self.strides, self.padding.upper(), layout
            )

        return in_channels_last(run, inputs, self.data_format, self.rank)

    def _output_lengths(self, sizes):
        extra = self.output_padding or (None,) * self.rank
        return [
            deconv_output_length(
                size,
                self.kernel_size[i],
                self.padding,
                extra[i],
                self.strides[i],
                self._dilations[i],
            )
            for i, size in enumerate(sizes)
        ]

    def get_config(self) -> Config:
        return {**super().get_config(), "output_padding": self.output_padding}


def spread(kernel, dilations):
    """Insert `dilation - 1` zeros between neighbouring window elements along each axis."""
    for axis, dilation in enumerate(dilations):
        size = kernel.shape[axis]
        if dilation == 1 or size == 1:
            continue
        shape = kernel.shape.as_list()
        apart = tf.reshape(kernel, shape[: axis + 1] + [1] + shape[axis + 1 :])
        padded = tf.pad(
            apart,
            [(0, dilation - 1 if other == axis + 1 else 0) for other in range(len(shape) + 1)],
        )
        joined = tf.reshape(padded, shape[:axis] + [size * dilation] + shape[axis + 1 :])
        kernel = joined[(slice(None),) * axis + (slice(0, (size - 1) * dilation + 1),)]
    return kernel


@register("layers", aliases=("Convolution1DTranspose",))
class Conv1DTranspose(ConvTranspose, Conv1D):
    """1D transposed convolution, also called deconvolution.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Factor by which the length grows, an integer or a tuple of one; cannot exceed 1
            together with `dilation_rate`. Defaults to 1.
        padding: `"valid"` (the output grows by the overlap of the windows) or `"same"` (the output
            length is `strides` times the input length). Defaults to `"valid"`.
        output_padding: Extra positions at the end, smaller than `strides`; None derives the usual
            output length from `padding`. Defaults to None.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of one. Defaults to 1.
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
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, new_time, filters)`, or filters before time.
    Raises: ValueError if a size is invalid or `output_padding` does not match the strides.
    Source: Zeiler et al., 2010, Deconvolutional networks, CVPR.
    >>> Conv1DTranspose(4, 3, strides=2, padding="same")(tf.ones((2, 5, 3))).shape
    TensorShape([2, 10, 4])
    """


@register("layers", aliases=("Convolution2DTranspose",))
class Conv2DTranspose(ConvTranspose, Conv2D):
    """2D transposed convolution, also called deconvolution.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Factor by which the size grows, an integer or a tuple of two; cannot exceed 1
            together with `dilation_rate`. Defaults to `(1, 1)`.
        padding: `"valid"` (the output grows by the overlap of the windows) or `"same"` (the output
            size is `strides` times the input size). Defaults to `"valid"`.
        output_padding: Extra rows and columns at the end, smaller than `strides`; None derives the
            usual output size from `padding`. Defaults to None.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Spacing between window elements, an integer or a tuple of two. Defaults to
            `(1, 1)`.
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
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, filters)`, or filters before height.
    Raises: ValueError if a size is invalid or `output_padding` does not match the strides.
    Source: Zeiler et al., 2010, Deconvolutional networks, CVPR.
    >>> Conv2DTranspose(4, 3, strides=2)(tf.ones((2, 5, 5, 3))).shape
    TensorShape([2, 11, 11, 4])
    """


@register("layers", aliases=("Convolution3DTranspose",))
class Conv3DTranspose(ConvTranspose, Conv3D):
    """3D transposed convolution, also called deconvolution.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(depth, height, width)`.
        strides: Factor by which the size grows, an integer or a tuple of three. Defaults to `(1, 1,
            1)`.
        padding: `"valid"` (the output grows by the overlap of the windows) or `"same"` (the output
            size is `strides` times the input size). Defaults to `"valid"`.
        output_padding: Extra planes at the end, smaller than `strides`; None derives the usual
            output size from `padding`. Defaults to None.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Ignored with a warning unless 1, as in Keras 2. Defaults to 1.
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
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, filters)`, or filters before depth.
    Raises: ValueError if a size is invalid or `output_padding` does not match the strides.
    Source: Zeiler et al., 2010, Deconvolutional networks, CVPR.
    >>> Conv3DTranspose(4, 3, strides=2)(tf.ones((2, 3, 3, 3, 3))).shape
    TensorShape([2, 7, 7, 7, 4])
    """

    dilates = False


Convolution1DTranspose = Conv1DTranspose
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
