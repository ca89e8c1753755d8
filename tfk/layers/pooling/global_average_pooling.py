"""Global average pooling: the mean of each channel over all positions."""

import math

import tensorflow as tf

from tfk.layers.pooling.global_pool import GlobalPool
from tfk.saving.registry import register
from tfk.typing import DataFormat, TensorLike
from tfk.utils.shapes import dynamic_shape


def mean(inputs, axis, keepdims):
    """`tf.reduce_mean` whose gradient is divided before it is broadcast, not at every position."""
    if isinstance(inputs, tf.RaggedTensor):
        return tf.reduce_mean(inputs, axis, keepdims)

    @tf.custom_gradient
    def run(inputs):
        def gradient(upstream):
            sizes = dynamic_shape(inputs)
            count = math.prod(sizes[number] for number in axis)
            kept = [1 if number in axis else size for number, size in enumerate(sizes)]
            share = tf.reshape(upstream / tf.cast(count, upstream.dtype), kept)
            return tf.broadcast_to(share, sizes)

        return tf.reduce_mean(inputs, axis, keepdims), gradient

    return run(inputs)


@register("layers", aliases=("GlobalAvgPool1D",))
class GlobalAveragePooling1D(GlobalPool):
    """1D global average pooling: the mean over all time steps, or the unmasked ones.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None means `"channels_last"`. Defaults
            to None.
        keepdims: Whether to keep the time axis with size 1. Defaults to False.
    Call arguments:
        mask: Boolean tensor of shape `(batch, time)`; False steps are ignored. Defaults to None.
    Input shape: `(batch, time, channels)`, or channels before time.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if the time axis has size 0.
    >>> GlobalAveragePooling1D()(tf.constant([[[1.0], [3.0]]])).numpy()
    array([[2.]], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    reduce = staticmethod(mean)

    def __init__(self, data_format: DataFormat | None = None, keepdims: bool = False, **kwargs):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: TensorLike, mask: TensorLike = None):
        if mask is None:
            return super().call(inputs)
        kept = tf.expand_dims(
            tf.cast(mask, inputs.dtype), 1 if self.data_format == "channels_first" else 2
        )
        (axis,) = self._axes
        total = tf.reduce_sum(inputs * kept, axis=axis, keepdims=self.keepdims)
        # 0 for a sample whose steps are all masked.
        return tf.math.divide_no_nan(total, tf.reduce_sum(kept, axis=axis, keepdims=self.keepdims))

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return None


@register("layers", aliases=("GlobalAvgPool2D",))
class GlobalAveragePooling2D(GlobalPool):
    """2D global average pooling: the mean over the height and width of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        keepdims: Whether to keep the reduced axes with size 1. Defaults to False.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if a spatial axis has size 0.
    >>> GlobalAveragePooling2D(keepdims=True)(tf.ones((2, 4, 4, 3))).shape
    TensorShape([2, 1, 1, 3])
    """

    rank = 2
    reduce = staticmethod(mean)


@register("layers", aliases=("GlobalAvgPool3D",))
class GlobalAveragePooling3D(GlobalPool):
    """3D global average pooling: the mean over the spatial axes of volumes.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        keepdims: Whether to keep the reduced axes with size 1. Defaults to False.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, channels)`, or the input rank with `keepdims`.
    Raises: ValueError if a spatial axis has size 0.
    >>> GlobalAveragePooling3D()(tf.ones((2, 4, 4, 4, 3))).shape
    TensorShape([2, 3])
    """

    rank = 3
    reduce = staticmethod(mean)


GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
