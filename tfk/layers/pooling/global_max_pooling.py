"""Global max pooling: the maximum of each channel over all positions."""

import tensorflow as tf

from tfk.layers.pooling.global_pool import GlobalPool
from tfk.saving.registry import register


@register("layers", aliases=("GlobalMaxPool1D",))
class GlobalMaxPooling1D(GlobalPool):
    """1D global max pooling: the maximum over all time steps.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None means `"channels_last"`. Defaults
            to None.
        keepdims: Whether to keep the time axis with size 1. Defaults to False.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if the time axis has size 0.
    >>> GlobalMaxPooling1D()(tf.constant([[[1.0], [3.0]]])).numpy()
    array([[3.]], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    reduce = staticmethod(tf.reduce_max)


@register("layers", aliases=("GlobalMaxPool2D",))
class GlobalMaxPooling2D(GlobalPool):
    """2D global max pooling: the maximum over the height and width of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        keepdims: Whether to keep the reduced axes with size 1. Defaults to False.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if a spatial axis has size 0.
    >>> GlobalMaxPooling2D(keepdims=True)(tf.ones((2, 4, 4, 3))).shape
    TensorShape([2, 1, 1, 3])
    """

    rank = 2
    reduce = staticmethod(tf.reduce_max)


@register("layers", aliases=("GlobalMaxPool3D",))
class GlobalMaxPooling3D(GlobalPool):
    """3D global max pooling: the maximum over the spatial axes of volumes.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        keepdims: Whether to keep the reduced axes with size 1. Defaults to False.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if a spatial axis has size 0.
    >>> GlobalMaxPooling3D()(tf.ones((2, 4, 4, 4, 3))).shape
    TensorShape([2, 3])
    """

    rank = 3
    reduce = staticmethod(tf.reduce_max)


GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
