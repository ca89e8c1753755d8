"""Zero padding at the edges of the spatial axes."""

import tensorflow as tf

from tfk.layers.reshaping.margins import Margins
from tfk.saving.registry import register
from tfk.typing import DataFormat, TensorLike


class ZeroPadding(Margins):
    """Base class of `ZeroPadding1D`, `ZeroPadding2D` and `ZeroPadding3D`."""

    argument = "padding"
    sign = 1

    def call(self, inputs: TensorLike):
        return tf.pad(inputs, self._axis_margins())


@register("layers")
class ZeroPadding1D(ZeroPadding):
    """1D zero padding: adds zeros at the start and the end of the time axis.

    Args:
        padding: Number of steps to add: an integer for both ends, or a pair (start, end). Defaults
            to 1.
    Input shape: `(batch, time, channels)`.
    Output shape: `(batch, new_time, channels)`.
    Raises: ValueError if `padding` is invalid.
    >>> ZeroPadding1D((1, 0))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 6, 3])
    """

    rank = 1

    def __init__(self, padding: int = 1, **kwargs):
        super().__init__(padding, **kwargs)


@register("layers")
class ZeroPadding2D(ZeroPadding):
    """2D zero padding: adds rows and columns of zeros around images.

    Args:
        padding: Rows and columns to add at each side: an integer for all sides, two integers
            (vertical, horizontal), or two pairs. Defaults to `(1, 1)`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, channels)`, or channels before height.
    Raises: ValueError if `padding` is invalid.
    >>> ZeroPadding2D(((1, 0), (1, 1)))(tf.ones((2, 5, 5, 3))).shape
    TensorShape([2, 6, 7, 3])
    """

    rank = 2

    def __init__(self, padding=(1, 1), data_format: DataFormat | None = None, **kwargs):
        super().__init__(padding, data_format, **kwargs)


@register("layers")
class ZeroPadding3D(ZeroPadding):
    """3D zero padding: adds planes of zeros around volumes.

    Args:
        padding: Planes to add at each side: an integer for all sides, three integers, or three
            pairs. Defaults to `(1, 1, 1)`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, channels)`, or channels before depth.
    Raises: ValueError if `padding` is invalid.
    >>> ZeroPadding3D(1)(tf.ones((2, 5, 5, 5, 3))).shape
    TensorShape([2, 7, 7, 7, 3])
    """

    rank = 3

    def __init__(self, padding=(1, 1, 1), data_format: DataFormat | None = None, **kwargs):
        super().__init__(padding, data_format, **kwargs)
