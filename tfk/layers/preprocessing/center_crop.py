"""CenterCrop layer."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.image_shapes import (
    as_images,
    crop,
    height_and_width,
    is_at_least,
    resize_cropped,
    sized,
)
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int
from tfk.utils.control_flow import smart_cond


@register("layers")
class CenterCrop(Layer):
    """Layer that crops the center of images; smaller images are first enlarged, keeping their
    aspect ratio.

    Args:
        height: Height of the output, a positive integer.
        width: Width of the output, a positive integer.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same layout with the new height and width, in the compute dtype.
    Raises: ValueError if a size is not positive or the input is not an image.
    >>> CenterCrop(1, 2)(tf.reshape(tf.range(12.0), (3, 4, 1))).numpy().ravel()
    array([5., 6.], dtype=float32)
    """

    def __init__(self, height: int, width: int, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.height = check_positive_int(self, "height", height)
        self.width = check_positive_int(self, "width", width)

    def call(self, inputs: TensorLike):
        images = as_images(self, inputs, self.compute_dtype)
        return smart_cond(
            is_at_least(images, self.height, self.width),
            lambda: self._crop(images),
            lambda: tf.cast(resize_cropped(images, self.height, self.width), self.compute_dtype),
        )

    def _crop(self, images):
        height, width = height_and_width(images)
        return crop(
            images, (height - self.height) // 2, (width - self.width) // 2, self.height, self.width
        )

    def compute_output_shape(self, input_shape: Shape):
        return sized(input_shape, self.height, self.width)

    def get_config(self) -> Config:
        return {**super().get_config(), "height": self.height, "width": self.width}
