"""Locally connected layers: convolutions with unshared kernels."""

import functools
import itertools
import math

import numpy as np
import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import (
    channel_axis,
    to_channels_first,
    to_channels_last,
    window_lengths,
    window_output_shape,
)
from tfk.layers.core.weight_settings import (
    ActivationSetting,
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
from tfk.utils.checks import check_choice, check_positive_int, check_tuple, describe
from tfk.utils.conv_arithmetic import normalize_data_format, normalize_padding
from tfk.utils.loading import reserve


class LocallyConnected(Layer):
    """Base class of `LocallyConnected1D` and `LocallyConnected2D`, which set `rank`."""

    rank = None
    activation = ActivationSetting()

    def __init__(
        self,
        filters: int,
        kernel_size: Ints,
        strides: Ints = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        activation: ActivationLike | None = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        implementation: int = 1,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = check_positive_int(self, "filters", filters)
        self.kernel_size = check_tuple(self, "kernel_size", kernel_size, self.rank)
        self.strides = check_tuple(self, "strides", strides, self.rank)
        self.padding = normalize_padding(padding, self)
        self.data_format = normalize_data_format(data_format, self)
        self.implementation = check_choice(self, "implementation", implementation, (1, 2, 3))
        if self.padding != "valid" and implementation == 1:
            raise ValueError(
                f"{describe(self)}: padding={padding!r} needs implementation=2 or 3; implementation"
                " 1 only supports 'valid'."
            )
        self.use_bias = use_bias
        store_settings(
            self,
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _channels_first(self):
        return self.data_format == "channels_first"

    def build(self, input_shape: Shape):
        axis = channel_axis(self.data_format, self.rank)
        channels = self.known_dim(input_shape, axis)
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        first = 2 if self._channels_first else 1
        sizes = tuple(self.known_dim(input_shape, first + number) for number in range(self.rank))
        self.compute_output_shape(input_shape)  # raises for inputs smaller than the window
        made = self._output_lengths(sizes)
        reserve(f"{describe(self)} on an input of {sizes}", elements=sum(sizes))
        if self.implementation == 1:
            kernel_shape = (math.prod(made), math.prod(self.kernel_size) * channels, self.filters)
        else:
            seen = connections(sizes, made, self.kernel_size, self.strides, self.padding)
            if self.implementation == 2:
                self._mask = self._with_channels(seen, 1, 1).astype(np.float32)
                kernel_shape = self._ordered(sizes, channels) + self._ordered(made, self.filters)
            else:
                self._pairs = sparse_pairs(
                    seen, self.rank, channels, self.filters, self._channels_first
                )
                self._matrix_shape = (math.prod(made) * self.filters, math.prod(sizes) * channels)
                kernel_shape = (len(self._pairs),)
        self.kernel = add_set_weight(self, "kernel", kernel_shape)
        self.bias = add_set_weight(self, "bias", (*made, self.filters)) if self.use_bias else None

    def _ordered(self, sizes, channels):
        return (channels, *sizes) if self._channels_first else (*sizes, channels)

    def _with_channels(self, seen, channels, filters):
        """Expand the connections `(*inputs, *outputs)` with a channel axis and a filter axis."""
        return seen.reshape(
            self._ordered(seen.shape[: self.rank], channels)
            + self._ordered(seen.shape[self.rank :], filters)
        )

    def call(self, inputs: TensorLike):
        outputs = (self._by_patches, self._by_masked_kernel, self._by_sparse_kernel)[
            self.implementation - 1
        ](inputs)
        if self.use_bias:
            # The elements in the order in which they are stored, as Keras 2 has it, also with
            # channels first.
            shape = self._ordered(tuple(self.bias.shape[:-1]), self.filters)
            outputs += tf.reshape(self.bias, shape)
        return self.activation(outputs)

    def _by_patches(self, inputs):
        """Multiply the window at each position by that position's kernel."""
        channels = inputs.shape[channel_axis(self.data_format, self.rank)]
        kernel = self.kernel  # (positions, window * channels, filters)
        if self._channels_first:
            inputs = to_channels_last(inputs, self.rank)
            apart = tf.reshape(kernel, (-1, channels, math.prod(self.kernel_size), self.filters))
            kernel = tf.reshape(tf.transpose(apart, (0, 2, 1, 3)), kernel.shape)
        images = tf.expand_dims(inputs, axis=1) if self.rank == 1 else inputs
        window, strides = (
            (1,) * (2 - self.rank) + sizes for sizes in (self.kernel_size, self.strides)
        )
        patches = tf.image.extract_patches(
            images, (1, *window, 1), (1, *strides, 1), (1, 1, 1, 1), "VALID"
        )
        patches = tf.reshape(patches, (-1, kernel.shape[0], kernel.shape[1]))
        outputs = tf.einsum("bpi,pio->bpo", patches, kernel)
        outputs = tf.reshape(outputs, (-1, *self._output_lengths(inputs.shape[1:-1]), self.filters))
        return to_channels_first(outputs, self.rank) if self._channels_first else outputs

    def _by_masked_kernel(self, inputs):
        """Multiply all inputs by a dense matrix in which missing connections are zero."""
        kernel = self.kernel * tf.cast(self._mask, self.kernel.dtype)
        half = self.rank + 1
        matrix = tf.reshape(
            kernel, (math.prod(kernel.shape[:half]), math.prod(kernel.shape[half:]))
        )
        outputs = tf.matmul(tf.reshape(inputs, (-1, matrix.shape[0])), matrix)
        return tf.reshape(outputs, (-1, *kernel.shape[half:]))

    def _by_sparse_kernel(self, inputs):
        """Multiply all inputs by a sparse matrix."""
        matrix = tf.SparseTensor(self._pairs, self.kernel, self._matrix_shape)
        flat = tf.reshape(inputs, (-1, self._matrix_shape[1]))
        outputs = tf.transpose(tf.sparse.sparse_dense_matmul(matrix, flat, adjoint_b=True))
        return tf.reshape(outputs, (-1, *self.compute_output_shape(inputs.shape)[1:]))

    def _output_lengths(self, sizes):
        return tuple(window_lengths(sizes, self.kernel_size, self.padding, self.strides))

    def compute_output_shape(self, input_shape: Shape):
        return window_output_shape(
            self, input_shape, self.rank, self.data_format, self._output_lengths, self.filters
        )

    def get_config(self) -> Config:
        settings = settings_config(
            self, "activation", *weight_arguments("kernel", "bias", activity=True)
        )
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "use_bias": self.use_bias,
            "implementation": self.implementation,
            **settings,
        }


def connections(sizes, made, window, strides, padding):
    """Return a boolean array `(*inputs, *outputs)`: which output positions depend on which inputs.

    >>> connections((3,), (2,), (2,), (1,), "valid").astype(int).tolist()
    [[1, 0], [1, 1], [0, 1]]
    """
    by_axis = []
    for size, count, width, stride in zip(sizes, made, window, strides):
        start = np.arange(count) * stride - (width // 2 if padding == "same" else 0)
        offset = np.arange(size)[:, np.newaxis] - start
        reserve(f"A mask of {size} inputs by {count} outputs", elements=size * count)
        by_axis.append((offset >= 0) & (offset < width))  # (inputs, outputs) of this axis
    reserve("A mask of all connections", elements=math.prod(axis.size for axis in by_axis))
    joined = functools.reduce(np.multiply.outer, by_axis)  # (input, output, input, output, ...)
    axes = range(joined.ndim)
    return joined.transpose(*itertools.chain(axes[::2], axes[1::2]))


def sparse_pairs(seen, rank, channels, filters, channels_first):
    """Return sorted pairs (output index, input index), one per connection of a filter and a
    channel.
    """
    inputs, outputs = math.prod(seen.shape[:rank]), math.prod(seen.shape[rank:])
    source, target = np.nonzero(seen.reshape(inputs, outputs))
    channel, filter_ = np.arange(channels), np.arange(filters)[:, np.newaxis]
    source, target = source[:, np.newaxis, np.newaxis], target[:, np.newaxis, np.newaxis]
    if channels_first:
        pairs = np.broadcast_arrays(filter_ * outputs + target, channel * inputs + source)
    else:
        pairs = np.broadcast_arrays(target * filters + filter_, source * channels + channel)
    pairs = np.stack([one.ravel() for one in pairs], axis=1).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


@register("layers")
class LocallyConnected1D(LocallyConnected):
    """1D convolution with a separate kernel at each position.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window length, a positive integer or a tuple of one.
        strides: Stride of the window, an integer or a tuple of one. Defaults to 1.
        padding: `"valid"` or, with implementation 2 or 3, `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
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
        implementation: 1 multiplies window by window and suits most layers; 2 multiplies the whole
            input by a dense matrix, for small layers; 3 by a sparse matrix, for large layers with
            few connections. The kernel shape depends on it. Defaults to 1.
    Input shape: `(batch, time, channels)`, or channels before time; both sizes must be known.
    Output shape: `(batch, new_time, filters)`, or filters before time.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    >>> LocallyConnected1D(4, 3)(tf.ones((2, 10, 3))).shape
    TensorShape([2, 8, 4])
    """

    rank = 1


@register("layers")
class LocallyConnected2D(LocallyConnected):
    """2D convolution with a separate kernel at each position.

    Args:
        filters: Number of output channels, a positive integer.
        kernel_size: Window size, a positive integer or a tuple `(height, width)`.
        strides: Stride of the window, an integer or a tuple of two. Defaults to `(1, 1)`.
        padding: `"valid"` or, with implementation 2 or 3, `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
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
        implementation: 1 multiplies window by window and suits most layers; 2 multiplies the whole
            input by a dense matrix, for small layers; 3 by a sparse matrix, for large layers with
            few connections. The kernel shape depends on it. Defaults to 1.
    Input shape: `(batch, height, width, channels)`, or channels before height; all sizes must be
        known.
    Output shape: `(batch, new_height, new_width, filters)`, or filters before height.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> LocallyConnected2D(4, 3)(tf.ones((2, 8, 8, 3))).shape
    TensorShape([2, 6, 6, 4])
    """

    rank = 2
