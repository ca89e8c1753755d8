"""Cropping: less at the edges."""

from tfk.layers.reshaping.margins import Margins
from tfk.saving.registry import register


class Cropping(Margins):
    """Base of Cropping1D, Cropping2D and Cropping3D."""

    argument = "cropping"
    sign = -1

    def call(self, inputs):
        self.compute_output_shape(inputs.shape)  # refuses to crop everything away
        return inputs[
            tuple(slice(before, -after or None) for before, after in self._axis_margins())
        ]


@register("layers")
class Cropping1D(Cropping):
    """Leaves out time steps at the start and the end.

    Args:
        cropping: Number of steps left out at start and end: an integer for both, or a pair.
    Input shape: `(batch, time, channels)`. Output shape: `(batch, new_time, channels)`.
    >>> Cropping1D((1, 0))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 4, 3])
    """

    rank = 1

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(cropping, **kwargs)


@register("layers")
class Cropping2D(Cropping):
    """Leaves out rows and columns at the edges of images.

    Args:
        cropping: Rows and columns left out at each side: an integer for all; two for top and
            bottom, left and right; or two pairs.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: The same with new sizes.
    >>> Cropping2D(((1, 0), (1, 1)))(tf.ones((2, 5, 5, 3))).shape
    TensorShape([2, 4, 3, 3])
    """

    rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(cropping, data_format, **kwargs)


@register("layers")
class Cropping3D(Cropping):
    """Leaves out planes at the sides of volumes.

    Args:
        cropping: Amounts left out at each side: an integer for all, three integers, or three pairs.
        data_format: `"channels_last"` or `"channels_first"`; None: the global setting.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: The same with new sizes.
    >>> Cropping3D(1)(tf.ones((2, 5, 5, 5, 3))).shape
    TensorShape([2, 3, 3, 3, 3])
    """

    rank = 3

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(cropping, data_format, **kwargs)
