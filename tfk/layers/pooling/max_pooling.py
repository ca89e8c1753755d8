"""Max pooling."""

import functools

import tensorflow as tf

from tfk.layers.pooling.pool import Pool, pool_volumes
from tfk.saving.registry import register


@register("layers", aliases=("MaxPool1D",))
class MaxPooling1D(Pool):
    """1D max pooling: the maximum of each window of time steps.

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
    >>> MaxPooling1D(2)(tf.constant([[[1.0], [3.0], [5.0], [4.0]]])).numpy().ravel()
    array([3., 5.], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    pool = staticmethod(tf.nn.max_pool1d)


@register("layers", aliases=("MaxPool2D",))
class MaxPooling2D(Pool):
    """2D max pooling: the maximum of each window of an image.

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
    >>> MaxPooling2D()(tf.reshape(tf.range(4.0), (1, 2, 2, 1))).numpy().ravel()
    array([3.], dtype=float32)
    """

    rank = 2
    pool = staticmethod(tf.nn.max_pool2d)


@register("layers", aliases=("MaxPool3D",))
class MaxPooling3D(Pool):
    """3D max pooling: the maximum of each window of a volume.

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
    >>> MaxPooling3D(2)(tf.ones((1, 4, 4, 4, 3))).shape
    TensorShape([1, 2, 2, 2, 3])
    """

    rank = 3
    pool = staticmethod(functools.partial(pool_volumes, tf.nn.max_pool3d, tf.nn.max_pool2d))


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
