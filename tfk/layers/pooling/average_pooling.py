"""Average pooling."""

import functools

import tensorflow as tf

from tfk.layers.pooling.pool import Pool, pool_volumes
from tfk.saving.registry import register


@register("layers", aliases=("AvgPool1D",))
class AveragePooling1D(Pool):
    """1D average pooling: the mean of each window of time steps.

    Args:
        pool_size: Window length, a positive integer or a tuple of one. Defaults to 2.
        strides: Stride of the window, an integer or a tuple of one; None uses `pool_size`. Defaults
            to None.
        padding: `"valid"` (complete windows only) or `"same"` (windows may extend past the edge).
            Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`. Defaults to `"channels_last"`.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, new_time, channels)`, or channels before time.
    Raises: ValueError if a size is invalid or the input is shorter than the window.
    >>> AveragePooling1D(2)(tf.constant([[[1.0], [3.0], [5.0], [4.0]]])).numpy().ravel()
    array([2. , 4.5], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    pool = staticmethod(tf.nn.avg_pool1d)


@register("layers", aliases=("AvgPool2D",))
class AveragePooling2D(Pool):
    """2D average pooling: the mean of each window of an image, ignoring padding.

    Args:
        pool_size: Window size, a positive integer or a tuple of two. Defaults to `(2, 2)`.
        strides: Stride of the window, an integer or a tuple of two; None uses `pool_size`. Defaults
            to None.
        padding: `"valid"` (complete windows only) or `"same"` (windows may extend past the edge).
            Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, channels)`, or channels before height.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> AveragePooling2D()(tf.reshape(tf.range(4.0), (1, 2, 2, 1))).numpy().ravel()
    array([1.5], dtype=float32)
    """

    rank = 2
    pool = staticmethod(tf.nn.avg_pool2d)


@register("layers", aliases=("AvgPool3D",))
class AveragePooling3D(Pool):
    """3D average pooling: the mean of each window of a volume, ignoring padding.

    Args:
        pool_size: Window size, a positive integer or a tuple of three. Defaults to `(2, 2, 2)`.
        strides: Stride of the window, an integer or a tuple of three; None uses `pool_size`.
            Defaults to None.
        padding: `"valid"` (complete windows only) or `"same"` (windows may extend past the edge).
            Defaults to `"valid"`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, channels)`, or channels before depth.
    Raises: ValueError if a size is invalid or the input is smaller than the window.
    >>> AveragePooling3D(2)(tf.ones((1, 4, 4, 4, 3))).shape
    TensorShape([1, 2, 2, 2, 3])
    """

    rank = 3
    pool = staticmethod(functools.partial(pool_volumes, tf.nn.avg_pool3d, tf.nn.avg_pool2d))


AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
