"""Spatial dropout: whole feature maps dropped during training."""

from collections.abc import Sequence

from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.convolution.window import spatial_axes
from tfk.layers.regularization.dropout import Dropout
from tfk.saving.registry import register
from tfk.typing import Config, DataFormat
from tfk.utils.conv_arithmetic import normalize_data_format
from tfk.utils.shapes import dynamic_shape


class SpatialDropout(Dropout):
    """Base class of the spatial dropout layers, which set `rank`: one decision per channel."""

    rank = None

    def __init__(
        self,
        rate: float,
        data_format: DataFormat = "channels_last",
        seed: int | None = None,
        noise_shape: Sequence[int | None] | None = None,
        **kwargs,
    ):
        super().__init__(rate, noise_shape=noise_shape, seed=seed, **kwargs)
        self.data_format = normalize_data_format(data_format, self)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def get_config(self) -> Config:
        config = super().get_config()
        return config if self.rank == 1 else {**config, "data_format": self.data_format}

    def _mask_shape(self, inputs):
        over = spatial_axes(self.data_format, self.rank)
        return [1 if axis in over else size for axis, size in enumerate(dynamic_shape(inputs))]


@register("layers")
class SpatialDropout1D(SpatialDropout):
    """1D spatial dropout: drops whole features of a sequence during training.

    Args:
        rate: Probability of dropping a feature, in `[0, 1]`.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: `(batch, time, channels)`.
    Output shape: Same as the input.
    Source: Tompson et al., 2014, arXiv:1411.4280.
    >>> SpatialDropout1D(0.5)(tf.ones((2, 3, 4)), training=True).shape
    TensorShape([2, 3, 4])
    """

    rank = 1

    def __init__(self, rate: float, **kwargs):
        super().__init__(rate, **kwargs)


@register("layers")
class SpatialDropout2D(SpatialDropout):
    """2D spatial dropout: drops whole feature maps of images during training.

    Args:
        rate: Probability of dropping a feature map, in `[0, 1]`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: Same as the input.
    Source: Tompson et al., 2014, arXiv:1411.4280.
    >>> SpatialDropout2D(0.5)(tf.ones((2, 3, 3, 4)), training=True).shape
    TensorShape([2, 3, 3, 4])
    """

    rank = 2

    def __init__(self, rate: float, data_format: DataFormat | None = None, **kwargs):
        super().__init__(rate, data_format, **kwargs)


@register("layers")
class SpatialDropout3D(SpatialDropout):
    """3D spatial dropout: drops whole feature maps of volumes during training.

    Args:
        rate: Probability of dropping a feature map, in `[0, 1]`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        **kwargs: `seed`, an integer random seed; and the arguments of `Layer`.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: Same as the input.
    Source: Tompson et al., 2014, arXiv:1411.4280.
    >>> SpatialDropout3D(0.5)(tf.ones((2, 3, 3, 3, 4)), training=True).shape
    TensorShape([2, 3, 3, 3, 4])
    """

    rank = 3

    def __init__(self, rate: float, data_format: DataFormat | None = None, **kwargs):
        super().__init__(rate, data_format, **kwargs)
