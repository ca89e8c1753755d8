"""Convolutions whose kernel differs from position to position, as functions."""

import math

import tensorflow as tf

from tfk.backend.shaping import check_data_format
from tfk.backend.tensors import as_tensor
from tfk.layers.convolution.window import to_channels_first, to_channels_last


def local_conv1d(inputs, kernel, kernel_size, strides, data_format=None):
    """Convolution over one axis with a kernel for each position.

    Args:
        inputs: Tensor `(batch, steps, channels)`, or `(batch, channels, steps)` for channels_first.
        kernel: Tensor `(positions, window * channels, filters)`.
        kernel_size: Window size, a tuple of one number.
        strides: Stride, a tuple of one number.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> local_conv1d(tf.ones((1, 4, 2)), tf.ones((2, 6, 5)), (3,), (1,)).shape
    TensorShape([1, 2, 5])
    """
    return _local_conv(inputs, kernel, kernel_size, strides, (kernel.shape[0],), data_format)


def local_conv2d(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    """Convolution over two axes with a kernel for each position.

    Args:
        inputs: Images `(batch, rows, columns, channels)`, or channels before rows.
        kernel: Tensor `(positions, window * channels, filters)`.
        kernel_size: Window size, a tuple of two numbers.
        strides: Stride, a tuple of two numbers.
        output_shape: Rows and columns of the result.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    >>> local_conv2d(tf.ones((1, 3, 3, 2)), tf.ones((4, 8, 5)), (2, 2), (1, 1), (2, 2)).shape
    TensorShape([1, 2, 2, 5])
    """
    return _local_conv(inputs, kernel, kernel_size, strides, tuple(output_shape), data_format)


def _local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format):
    rank = len(output_shape)
    first = check_data_format(f"local_conv{rank}d", data_format) == "channels_first"
    inputs = as_tensor(inputs)
    x = to_channels_last(inputs, rank) if first else inputs
    ends = [
        (length - 1) * stride + size
        for length, stride, size in zip(output_shape, strides, kernel_size)
    ]
    x = x[(slice(None), *(slice(end) for end in ends))]
    if rank == 1:
        x = x[:, tf.newaxis]
    window, steps = ((1,) * (2 - rank) + tuple(sizes) for sizes in (kernel_size, strides))
    patches = tf.image.extract_patches(x, (1, *window, 1), (1, *steps, 1), (1, 1, 1, 1), "VALID")
    positions, depth, filters = kernel.shape
    patches = tf.reshape(patches, (-1, positions, depth))
    if first:  # Keras 2 has the channels before the window here
        size = math.prod(kernel_size)
        apart = tf.reshape(patches, (-1, positions, size, depth // size))
        patches = tf.reshape(tf.transpose(apart, (0, 1, 3, 2)), (-1, positions, depth))
    outputs = tf.reshape(tf.einsum("bpi,pio->bpo", patches, kernel), (-1, *output_shape, filters))
    return to_channels_first(outputs, rank) if first else outputs
