"""Resizing layer."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.image_shapes import as_images, resize_cropped, sized
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int
from tfk.utils.resizing import check_method


@register("layers")
class Resizing(Layer):
    """Layer that resizes images.

    Args:
        height: Height of the output, a positive integer.
        width: Width of the output, a positive integer.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`,
            `"gaussian"` or `"mitchellcubic"`. Defaults to `"bilinear"`.
        crop_to_aspect_ratio: Whether to center-crop images to the output's aspect ratio first
            instead of distorting them. Defaults to False.
    Input shape: `(batch, height, width, channels)`, also ragged, or `(height, width, channels)`.
    Output shape: Same layout with the new height and width, in the compute dtype.
    Raises: ValueError if a size is not positive, `interpolation` is unknown, or the input is not an
        image.
    >>> Resizing(2, 3)(tf.ones((1, 8, 8, 3))).shape
    TensorShape([1, 2, 3, 3])
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.height = check_positive_int(self, "height", height)
        self.width = check_positive_int(self, "width", width)
        self._method = check_method(self, interpolation)
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio

    def call(self, inputs: TensorLike):
        # Nearest-neighbour resizing copies values; everything else is computed in float32.
        images = as_images(
            self, inputs, self.compute_dtype if self._method == "nearest" else tf.float32
        )
        if isinstance(images, tf.RaggedTensor):
            spec = tf.TensorSpec((self.height, self.width, images.shape[-1]), images.dtype)
            resized = tf.map_fn(
                lambda image: self._resize(image.to_tensor()), images, fn_output_signature=spec
            )
        else:
            resized = self._resize(images)
        return tf.cast(resized, self.compute_dtype)

    def _resize(self, images):
        if self.crop_to_aspect_ratio:
            return resize_cropped(images, self.height, self.width, self._method)
        return tf.image.resize(images, (self.height, self.width), method=self._method)

    def compute_output_shape(self, input_shape: Shape):
        return sized(input_shape, self.height, self.width)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
        }
