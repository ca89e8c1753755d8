"""Zero padding: more at the edges."""

import tensorflow as tf

from tfk.layers.reshaping.margins import Margins
from tfk.saving.registry import register


class ZeroPadding(Margins):
    """Base of ZeroPadding1D, ZeroPadding2D and ZeroPadding3D."""

    argument = "padding"
    sign = 1

    def call(self, inputs):
        return tf.pad(inputs, self._axis_margins())


@register("layers")
class ZeroPadding1D(ZeroPadding):
    """Adds zeros at the start and the end of the time axis.

    Args:
        padding: Number of steps of zeros at start and end: an integer for both, or a pair.
    Input shape: `(batch, time, channels)`. Output shape: `(batch, new_time, channels)`.
    >>> ZeroPadding1D((1, 0))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 6, 3])
    """

    rank = 1

    def __init__(self, padding=1, **kwargs):
        super().__init__(padding, **kwargs)


@register("layers")
class ZeroPadding2D(ZeroPadding):
    """Adds rows and columns of zeros around images.

    Args:
        padding: Rows and columns of zeros at each side: an integer for all; two for top and bottom,
            left and right; or two pairs.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: The same with new sizes.
    >>> ZeroPadding2D(((1, 0), (1, 1)))(tf.ones((2, 5, 5, 3))).shape
    TensorShape([2, 6, 7, 3])
    """

    rank = 2

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(padding, data_format, **kwargs)


@register("layers")
class ZeroPadding3D(ZeroPadding):
    """Adds planes of zeros around volumes.

    Args:
        padding: Amounts of zeros at each side: an integer for all, three integers, or three pairs.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: The same with new sizes.
    >>> ZeroPadding3D(1)(tf.ones((2, 5, 5, 5, 3))).shape
    TensorShape([2, 7, 7, 7, 3])
    """

    rank = 3

    def __init__(self, padding=(1, 1, 1), data_format=None, **kwargs):
        super().__init__(padding, data_format, **kwargs)
