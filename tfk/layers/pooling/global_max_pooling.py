"""Global max pooling: the maximum over all positions of each channel."""

import tensorflow as tf

from tfk.layers.pooling.global_pool import GlobalPool
from tfk.saving.registry import register


@register("layers", aliases=("GlobalMaxPool1D",))
class GlobalMaxPooling1D(GlobalPool):
    """The maximum over all time steps.

    Args:
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        keepdims: Whether the time axis stays, with size 1.
    Input shape: `(batch, time, channels)`. Output shape: `(batch, channels)`.
    >>> GlobalMaxPooling1D()(tf.constant([[[1.0], [3.0]]])).numpy()
    array([[3.]], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    reduce = staticmethod(tf.reduce_max)


@register("layers", aliases=("GlobalMaxPool2D",))
class GlobalMaxPooling2D(GlobalPool):
    """The maximum over the height and width of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
        keepdims: Whether the reduced axes stay, with size 1.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, channels)`.
    >>> GlobalMaxPooling2D(keepdims=True)(tf.ones((2, 4, 4, 3))).shape
    TensorShape([2, 1, 1, 3])
    """

    rank = 2
    reduce = staticmethod(tf.reduce_max)


@register("layers", aliases=("GlobalMaxPool3D",))
class GlobalMaxPooling3D(GlobalPool):
    """The maximum over the three spatial axes of volumes.

    Args: as of `GlobalMaxPooling2D`.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, channels)`.
    >>> GlobalMaxPooling3D()(tf.ones((2, 4, 4, 4, 3))).shape
    TensorShape([2, 3])
    """

    rank = 3
    reduce = staticmethod(tf.reduce_max)


GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
