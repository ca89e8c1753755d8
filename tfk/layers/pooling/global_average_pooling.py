"""Global average pooling: the mean over all positions of each channel."""

import math

import tensorflow as tf

from tfk.layers.pooling.global_pool import GlobalPool
from tfk.saving.registry import register
from tfk.utils.shapes import dynamic_shape


def mean(inputs, axis, keepdims):
    """`tf.reduce_mean` with a gradient that is divided before it is spread, not at every
    position.
    """

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
    """The mean over all time steps, or over those that the mask keeps.

    Args:
        data_format: `"channels_last"` (the default) or `"channels_first"`.
        keepdims: Whether the time axis stays, with size 1.
    Input shape: `(batch, time, channels)`. Output shape: `(batch, channels)`.
    >>> GlobalAveragePooling1D()(tf.constant([[[1.0], [3.0]]])).numpy()
    array([[2.]], dtype=float32)
    """

    rank = 1
    default_data_format = "channels_last"
    reduce = staticmethod(mean)

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs)
        kept = tf.expand_dims(
            tf.cast(mask, inputs.dtype), 1 if self.data_format == "channels_first" else 2
        )
        (axis,) = self._axes
        total = tf.reduce_sum(inputs * kept, axis=axis, keepdims=self.keepdims)
        # 0 for a sample without a single step.
        return tf.math.divide_no_nan(total, tf.reduce_sum(kept, axis=axis, keepdims=self.keepdims))

    def compute_mask(self, inputs, mask=None):
        return None


@register("layers", aliases=("GlobalAvgPool2D",))
class GlobalAveragePooling2D(GlobalPool):
    """The mean over the height and width of images.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
        keepdims: Whether the reduced axes stay, with size 1.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, channels)`.
    >>> GlobalAveragePooling2D(keepdims=True)(tf.ones((2, 4, 4, 3))).shape
    TensorShape([2, 1, 1, 3])
    """

    rank = 2
    reduce = staticmethod(mean)


@register("layers", aliases=("GlobalAvgPool3D",))
class GlobalAveragePooling3D(GlobalPool):
    """The mean over the three spatial axes of volumes.

    Args: as of `GlobalAveragePooling2D`.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, channels)`.
    >>> GlobalAveragePooling3D()(tf.ones((2, 4, 4, 4, 3))).shape
    TensorShape([2, 3])
    """

    rank = 3
    reduce = staticmethod(mean)


GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
