"""Convolutions, pooling and biases as functions.

Channels that come first are moved to the end and back, since TensorFlow has kernels for them on
GPUs alone.
"""

import tensorflow as tf

from tfk.backend.shaping import check_data_format, temporal_padding
from tfk.backend.tensors import as_tensor, ndim
from tfk.layers.convolution.window import in_channels_last
from tfk.utils.checks import check_choice, check_tuple

PADDINGS = ("valid", "same")


def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolution over one axis.

    Args:
        x: Tensor `(batch, steps, channels)`, or `(batch, channels, steps)` for channels_first.
        kernel: Tensor `(size, channels, filters)`.
        strides: Stride of the window. Defaults to 1.
        padding: `"valid"`, `"same"` or `"causal"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window. Defaults to 1.

    Raises: ValueError if `padding` or `data_format` is unknown.
    >>> conv1d(tf.ones((1, 4, 2)), tf.ones((3, 2, 1))).numpy().ravel()
    array([6., 6.], dtype=float32)
    """
    data_format = check_data_format("conv1d", data_format)
    check_choice("conv1d", "padding", padding, (*PADDINGS, "causal"))

    def convolve(x):
        if padding == "causal":
            x = temporal_padding(x, (dilation_rate * (kernel.shape[0] - 1), 0))
        return tf.nn.convolution(
            x, kernel, strides, "SAME" if padding == "same" else "VALID", dilations=dilation_rate
        )

    return in_channels_last(convolve, as_tensor(x), data_format, 1)


def conv2d(x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)):
    """Convolution over two axes.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        kernel: Tensor `(height, width, channels, filters)`.
        strides: Stride along each axis. Defaults to `(1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window. Defaults to `(1, 1)`.

    >>> conv2d(tf.ones((1, 4, 4, 2)), tf.ones((3, 3, 2, 5))).shape
    TensorShape([1, 2, 2, 5])
    """
    return _convolve("conv2d", 2, x, kernel, strides, padding, data_format, dilation_rate)


def conv3d(
    x, kernel, strides=(1, 1, 1), padding="valid", data_format=None, dilation_rate=(1, 1, 1)
):
    """Convolution over three axes.

    Args:
        x: Volumes `(batch, depth, rows, columns, channels)`, or channels before depth.
        kernel: Tensor `(depth, height, width, channels, filters)`.
        strides: Stride along each axis. Defaults to `(1, 1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window. Defaults to `(1, 1, 1)`.

    >>> conv3d(tf.ones((1, 4, 4, 4, 2)), tf.ones((3, 3, 3, 2, 5))).shape
    TensorShape([1, 2, 2, 2, 5])
    """
    return _convolve("conv3d", 3, x, kernel, strides, padding, data_format, dilation_rate)


def conv2d_transpose(
    x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)
):
    """Apply a 2D transposed convolution.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        kernel: Tensor `(height, width, filters, channels)`.
        output_shape: Shape of the result; the batch size may be None.
        strides: Factors by which rows and columns grow. Defaults to `(1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window, the same along both axes.
            Defaults to `(1, 1)`.

    Raises: ValueError if an option is unknown or `dilation_rate` differs between the axes.
    >>> conv2d_transpose(tf.ones((1, 2, 2, 3)), tf.ones((2, 2, 5, 3)), (1, 4, 4, 5), (2, 2)).shape
    TensorShape([1, 4, 4, 5])
    """
    data_format = check_data_format("conv2d_transpose", data_format)
    padding = check_choice("conv2d_transpose", "padding", padding, PADDINGS).upper()
    strides = check_tuple("conv2d_transpose", "strides", strides, 2)
    rates = check_tuple("conv2d_transpose", "dilation_rate", dilation_rate, 2)
    if rates[0] != rates[1]:
        raise ValueError(
            f"conv2d_transpose: expected dilation_rate to be the same along both axes, got {rates}."
        )
    sizes = tuple(output_shape)
    if data_format == "channels_first":
        sizes = (sizes[0], sizes[2], sizes[3], sizes[1])

    def convolve(x):
        shape = tf.stack([tf.shape(x)[0] if sizes[0] is None else sizes[0], *sizes[1:]])
        if rates == (1, 1):
            return tf.nn.conv2d_transpose(x, kernel, shape, strides, padding)
        return tf.nn.atrous_conv2d_transpose(x, kernel, shape, rates[0], padding)

    return in_channels_last(convolve, as_tensor(x), data_format, 2)


def depthwise_conv2d(
    x, depthwise_kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)
):
    """Depthwise convolution: each channel has its own filters.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        depthwise_kernel: Tensor `(height, width, channels, multiplier)`.
        strides: Stride along each axis. Defaults to `(1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window. Defaults to `(1, 1)`.

    >>> depthwise_conv2d(tf.ones((1, 4, 4, 2)), tf.ones((3, 3, 2, 2))).shape
    TensorShape([1, 2, 2, 4])
    """
    data_format = check_data_format("depthwise_conv2d", data_format)
    padding = check_choice("depthwise_conv2d", "padding", padding, PADDINGS).upper()
    steps = (1, *check_tuple("depthwise_conv2d", "strides", strides, 2), 1)
    rates = check_tuple("depthwise_conv2d", "dilation_rate", dilation_rate, 2)
    return in_channels_last(
        lambda x: tf.nn.depthwise_conv2d(x, depthwise_kernel, steps, padding, dilations=rates),
        as_tensor(x),
        data_format,
        2,
    )


def separable_conv2d(
    x,
    depthwise_kernel,
    pointwise_kernel,
    strides=(1, 1),
    padding="valid",
    data_format=None,
    dilation_rate=(1, 1),
):
    """Separable convolution: `depthwise_conv2d`, then a 1x1 convolution.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        depthwise_kernel: Tensor `(height, width, channels, multiplier)`.
        pointwise_kernel: Tensor `(1, 1, channels * multiplier, filters)`.
        strides: Stride along each axis. Defaults to `(1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        dilation_rate: Distance between the elements of the window. Defaults to `(1, 1)`.

    >>> separable_conv2d(tf.ones((1, 4, 4, 2)), tf.ones((3, 3, 2, 1)), tf.ones((1, 1, 2, 5))).shape
    TensorShape([1, 2, 2, 5])
    """
    data_format = check_data_format("separable_conv2d", data_format)
    padding = check_choice("separable_conv2d", "padding", padding, PADDINGS).upper()
    steps = (1, *check_tuple("separable_conv2d", "strides", strides, 2), 1)
    rates = check_tuple("separable_conv2d", "dilation_rate", dilation_rate, 2)

    def convolve(x):
        return tf.nn.separable_conv2d(
            x, depthwise_kernel, pointwise_kernel, steps, padding, dilations=rates
        )

    return in_channels_last(convolve, as_tensor(x), data_format, 2)


def pool2d(x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"):
    """2D pooling: the maxima or means of windows.

    Args:
        x: Images `(batch, rows, columns, channels)`, or channels before rows.
        pool_size: Window size along each axis.
        strides: Stride along each axis. Defaults to `(1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        pool_mode: `"max"` or `"avg"`. Defaults to `"max"`.

    >>> pool2d(tf.reshape([1.0, 2.0, 3.0, 4.0], (1, 2, 2, 1)), (2, 2)).numpy().ravel()
    array([4.], dtype=float32)
    """
    return _pool("pool2d", 2, x, pool_size, strides, padding, data_format, pool_mode)


def pool3d(x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"):
    """3D pooling: the maxima or means of windows.

    Args:
        x: Volumes `(batch, depth, rows, columns, channels)`, or channels before depth.
        pool_size: Window size along each axis.
        strides: Stride along each axis. Defaults to `(1, 1, 1)`.
        padding: `"valid"` or `"same"`. Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        pool_mode: `"max"` or `"avg"`. Defaults to `"max"`.

    >>> pool3d(tf.ones((1, 4, 4, 4, 2)), (2, 2, 2), pool_mode="avg").shape
    TensorShape([1, 3, 3, 3, 2])
    """
    return _pool("pool3d", 3, x, pool_size, strides, padding, data_format, pool_mode)


def bias_add(x, bias, data_format=None):
    """Add a bias to each channel.

    Args:
        x: Tensor of two axes or more.
        bias: One number per channel, or one for each position: `(spatial axes, channels)`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.

    Raises: ValueError if the number of axes of `bias` does not match that of `x`.
    >>> bias_add(tf.zeros((1, 2, 2)), tf.constant([1.0, 2.0])).numpy()
    array([[[1., 2.],
            [1., 2.]]], dtype=float32)
    """
    first = check_data_format("bias_add", data_format) == "channels_first"
    rank, bias_rank = ndim(x), ndim(bias)
    if bias_rank not in (1, rank - 1):
        raise ValueError(
            f"bias_add: expected a bias of 1 or {rank - 1} axes for x of {rank}, got {bias_rank}."
        )
    if not first or rank == 2:
        return x + bias
    if bias_rank == 1:
        return x + tf.reshape(bias, [-1] + [1] * (rank - 2))
    return x + tf.transpose(bias, [bias_rank - 1, *range(bias_rank - 1)])


def _convolve(owner, rank, x, kernel, strides, padding, data_format, dilation_rate):
    data_format = check_data_format(owner, data_format)
    padding = check_choice(owner, "padding", padding, PADDINGS).upper()
    return in_channels_last(
        lambda x: tf.nn.convolution(x, kernel, strides, padding, dilations=dilation_rate),
        as_tensor(x),
        data_format,
        rank,
    )


def _pool(owner, rank, x, pool_size, strides, padding, data_format, pool_mode):
    data_format = check_data_format(owner, data_format)
    padding = check_choice(owner, "padding", padding, PADDINGS).upper()
    mode = check_choice(owner, "pool_mode", pool_mode, ("max", "avg")).upper()
    window = check_tuple(owner, "pool_size", pool_size, rank)
    steps = check_tuple(owner, "strides", strides, rank)
    return in_channels_last(
        lambda x: tf.nn.pool(x, window, mode, steps, padding), as_tensor(x), data_format, rank
    )
