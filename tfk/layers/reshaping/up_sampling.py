"""Upsampling of spatial axes by integer factors."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.convolution.window import in_channels_last, window_output_shape
from tfk.saving.registry import register
from tfk.typing import Config, DataFormat, Shape, TensorLike
from tfk.utils.checks import check_choice, check_tuple
from tfk.utils.conv_arithmetic import normalize_data_format
from tfk.utils.jit_scope import inside_xla
from tfk.utils.shapes import dynamic_shape

INTERPOLATIONS = (
    "area",
    "bicubic",
    "bilinear",
    "gaussian",
    "lanczos3",
    "lanczos5",
    "mitchellcubic",
    "nearest",
)
COPYING = (
    "area",
    "nearest",
)  # with integer factors, each new pixel covers part of a single old one


class UpSampling(Layer):
    """Base class of the upsampling layers, which set `rank`: repeats every element."""

    rank = None
    keeps_input_dtype = True

    def __init__(self, size, data_format: DataFormat = "channels_last", **kwargs):
        super().__init__(**kwargs)
        self._factors = check_tuple(self, "size", size, self.rank)
        self.size = self._factors[0] if self.rank == 1 else self._factors
        self.data_format = normalize_data_format(data_format, self)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: TensorLike):
        return in_channels_last(self._enlarge, inputs, self.data_format, self.rank)

    def _enlarge(self, inputs):
        outputs = repeat_elements(inputs, self._factors)
        outputs.set_shape(inputs.shape[:1] + outputs.shape[1:])
        return outputs

    def compute_output_shape(self, input_shape: Shape):
        def lengths(sizes):
            return [
                None if size is None else size * factor
                for size, factor in zip(sizes, self._factors)
            ]

        return window_output_shape(self, input_shape, self.rank, self.data_format, lengths)

    def get_config(self) -> Config:
        config = {**super().get_config(), "size": self.size}
        return config if self.rank == 1 else {**config, "data_format": self.data_format}


def repeat_elements(inputs, factors):
    """Repeat each element `factors[i]` times along spatial axis i of `(batch, *spatial,
    channels)`.
    """
    if not inputs.dtype.is_floating or inside_xla():  # XLA has no gradient of the kernel used below
        for axis, factor in enumerate(factors, start=1):
            inputs = tf.repeat(inputs, factor, axis=axis)
        return inputs
    batch, *sizes, channels = dynamic_shape(inputs)
    made = [size * factor for size, factor in zip(sizes, factors)]
    # The kernel that resizes images by copying is several times faster than repeating by
    # broadcasting, so volumes are treated as images: first height and width, then depth and the
    # remaining axes.
    if len(sizes) == 2:
        return tf.image.resize(inputs, made, "nearest")
    if len(sizes) == 1:
        images = tf.image.resize(tf.expand_dims(inputs, axis=2), (made[0], 1), "nearest")
        return tf.squeeze(images, axis=2)
    images = tf.image.resize(tf.reshape(inputs, (-1, *sizes[1:], channels)), made[1:], "nearest")
    images = tf.reshape(images, (batch, sizes[0], made[1] * made[2], channels))
    images = tf.image.resize(images, (made[0], made[1] * made[2]), "nearest")
    return tf.reshape(images, (batch, *made, channels))


@register("layers")
class UpSampling1D(UpSampling):
    """1D upsampling: repeats each time step `size` times.

    Args:
        size: Number of repetitions, a positive integer. Defaults to 2.
    Input shape: `(batch, time, channels)`.
    Output shape: `(batch, size * time, channels)`.
    Raises: TypeError or ValueError if `size` is not a positive integer.
    >>> UpSampling1D(2)(tf.constant([[[1.0], [2.0]]])).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    rank = 1

    def __init__(self, size=2, **kwargs):
        super().__init__(size, **kwargs)


@register("layers")
class UpSampling2D(UpSampling):
    """2D upsampling: enlarges images by integer factors.

    Args:
        size: Factors for height and width: a positive integer or a tuple of two. Defaults to `(2,
            2)`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
        interpolation: `"nearest"` and `"area"` repeat rows and columns; `"bilinear"`, `"bicubic"`,
            `"gaussian"`, `"lanczos3"`, `"lanczos5"` and `"mitchellcubic"` interpolate. Defaults to
            `"nearest"`.
    Input shape: `(batch, height, width, channels)`, or channels before height.
    Output shape: `(batch, new_height, new_width, channels)`, or channels before height.
    Raises: ValueError if `size` is not positive or `interpolation` is unknown.
    >>> UpSampling2D((1, 2))(tf.reshape([1.0, 2.0], (1, 1, 2, 1))).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    rank = 2
    keeps_input_dtype = False

    def __init__(
        self,
        size=(2, 2),
        data_format: DataFormat | None = None,
        interpolation: str = "nearest",
        **kwargs,
    ):
        super().__init__(size, data_format, **kwargs)
        lowered = interpolation.lower() if isinstance(interpolation, str) else interpolation
        self.interpolation = check_choice(self, "interpolation", lowered, INTERPOLATIONS)

    def compute_output_dtype(self, input_dtypes):
        if self.interpolation in COPYING and not tf.as_dtype(input_dtypes).is_floating:
            return tf.as_dtype(input_dtypes)
        return super().compute_output_dtype(input_dtypes)

    def _enlarge(self, inputs):
        if self.interpolation in COPYING:
            return super()._enlarge(inputs)
        _, height, width, _ = dynamic_shape(inputs)
        size = (height * self._factors[0], width * self._factors[1])
        return tf.cast(tf.image.resize(inputs, size, method=self.interpolation), self.compute_dtype)

    def get_config(self) -> Config:
        return {**super().get_config(), "interpolation": self.interpolation}


@register("layers")
class UpSampling3D(UpSampling):
    """3D upsampling: enlarges volumes by repeating planes.

    Args:
        size: Factors for the three spatial axes: a positive integer or a tuple of three. Defaults
            to `(2, 2, 2)`.
        data_format: `"channels_last"` or `"channels_first"`; None uses
            `tfk.config.image_data_format()`. Defaults to None.
    Input shape: `(batch, depth, height, width, channels)`, or channels before depth.
    Output shape: `(batch, new_depth, new_height, new_width, channels)`, or channels before depth.
    Raises: ValueError if `size` is not positive.
    >>> UpSampling3D(2)(tf.ones((1, 2, 2, 2, 3))).shape
    TensorShape([1, 4, 4, 4, 3])
    """

    rank = 3

    def __init__(self, size=(2, 2, 2), data_format: DataFormat | None = None, **kwargs):
        super().__init__(size, data_format, **kwargs)
