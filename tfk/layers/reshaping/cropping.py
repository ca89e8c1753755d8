"""Cropping at the edges of the spatial axes."""

from tfk.layers.reshaping.margins import Margins
from tfk.saving.registry import register
from tfk.typing import DataFormat, TensorLike


class Cropping(Margins):
    """Base class of `Cropping1D`, `Cropping2D` and `Cropping3D`."""

    argument = "cropping"
    sign = -1

    def call(self, inputs: TensorLike):
        self.compute_output_shape(inputs.shape)  # raises if nothing would be left
        return inputs[
            tuple(slice(before, -after or None) for before, after in self._axis_margins())
        ]


@register("layers")
class Cropping1D(Cropping):
    """1D cropping: removes time steps at the start and the end.

    Args:
        cropping: Number of steps to remove: an integer for both ends, or a pair (start, end).
            Defaults to `(1, 1)`.
    Input shape: `(batch, time, channels)`.
    Output shape: `(batch, new_time, channels)`.
    Raises: ValueError if `cropping` is invalid or leaves nothing of the input.
    >>> Cropping1D((1, 0))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4, 3])
    """

    rank = 1

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(cropping, **kwargs)


@register("layers")
class Cropping2D(Cropping):
    """2D cropping: removes rows and columns at the edges of images.

    Args:
        cropping: Rows and columns to remove at each side: an integer for all sides, two integers
            (vertical, horizontal), or two pairs. Defaults to `((0, 0), (0, 0))`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, channels)`, or channels before height.
    Raises: ValueError if `cropping` is invalid or leaves nothing of the input.
    >>> Cropping2D(((1, 0), (1, 1)))(tf.ones((2, 5, 5, 3))).shape
    TensorShape([2, 4, 3, 3])
    """

    rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format: DataFormat | None = None, **kwargs):
        super().__init__(cropping, data_format, **kwargs)


@register("layers")
class Cropping3D(Cropping):
    """3D cropping: removes planes at the sides of volumes.

    Args:
        cropping: Planes to remove at each side: an integer for all sides, three integers, or three
            pairs. Defaults to `((1, 1), (1, 1), (1, 1))`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, channels)`, or channels before depth.
    Raises: ValueError if `cropping` is invalid or leaves nothing of the input.
    >>> Cropping3D(1)(tf.ones((2, 5, 5, 5, 3))).shape
    TensorShape([2, 3, 3, 3, 3])
    """

    rank = 3

    def __init__(
        self, cropping=((1, 1), (1, 1), (1, 1)), data_format: DataFormat | None = None, **kwargs
    ):
        super().__init__(cropping, data_format, **kwargs)
