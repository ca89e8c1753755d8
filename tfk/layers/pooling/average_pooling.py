"""Average pooling: the mean of each window."""

import functools

import tensorflow as tf

from tfk.layers.pooling.pool import Pool, pool_volumes
from tfk.saving.registry import register


@register("layers", aliases=("AvgPool1D",))
class AveragePooling1D(Pool):
    """The mean of each window of time steps.

    Args: as of `AveragePooling2D`, with sizes that are integers or tuples of one; `data_format` is
        `"channels_last"` by default.
    Input shape: `(batch, time, channels)`. Output shape: `(batch, new_time, channels)`.
    >>> AveragePooling1D(2)(tf.constant([[[1.0], [3.0], [5.0], [4.0]]])).numpy().ravel()
    array([2. , 4.5], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    pool = staticmethod(tf.nn.avg_pool1d)


@register("layers", aliases=("AvgPool2D",))
class AveragePooling2D(Pool):
    """The mean of each window of an image, padding left out.

    Args:
        pool_size: Size of the window, an integer or a tuple of two.
        strides: Step of the window, an integer or a tuple of two; None: the size of the window.
        padding: `"valid"` (whole windows only) or `"same"` (also windows that reach over the edge).
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: The same with new sizes.
    >>> AveragePooling2D()(tf.reshape(tf.range(4.0), (1, 2, 2, 1))).numpy().ravel()
    array([1.5], dtype=float32)
    """

    rank = 2
    pool = staticmethod(tf.nn.avg_pool2d)


@register("layers", aliases=("AvgPool3D",))
class AveragePooling3D(Pool):
    """The mean of each window of a volume.

    Args: as of `AveragePooling2D`, with sizes that are integers or tuples of three.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: The same with new sizes.
    >>> AveragePooling3D(2)(tf.ones((1, 4, 4, 4, 3))).shape
    TensorShape([1, 2, 2, 2, 3])
    """

    rank = 3
    pool = staticmethod(functools.partial(pool_volumes, tf.nn.avg_pool3d, tf.nn.avg_pool2d))


AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
