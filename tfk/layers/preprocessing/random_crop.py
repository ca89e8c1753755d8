"""RandomCrop layer."""

import tensorflow as tf

from tfk.layers.preprocessing.image_shapes import (
    as_images,
    crop,
    height_and_width,
    is_at_least,
    resize_cropped,
    sized,
)
from tfk.layers.preprocessing.random_layer import RandomImageLayer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils import philox
from tfk.utils.checks import check_positive_int
from tfk.utils.control_flow import smart_cond


@register("layers")
class RandomCrop(RandomImageLayer):
    """Augmentation layer that crops images at a random position, the same for all images of a
    batch.

    Outside training, and for images smaller than the crop, images are resized and center-cropped
    instead, keeping their aspect ratio.

    Args:
        height: Height of the output, a positive integer.
        width: Width of the output, a positive integer.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to crop at random rather than at the center. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same layout with the new height and width, in the compute dtype.
    Raises: ValueError if a size is not positive or the input is not an image.
    >>> RandomCrop(2, 3)(tf.ones((1, 8, 8, 3)), training=True).shape
    TensorShape([1, 2, 3, 3])
    """

    def __init__(self, height: int, width: int, seed: int | None = None, **kwargs):
        super().__init__(seed=seed, autocast=False, **kwargs)
        self.height = check_positive_int(self, "height", height)
        self.width = check_positive_int(self, "width", width)

    def call(self, inputs: TensorLike, training: bool | None = True):
        images = as_images(self, inputs, self.compute_dtype)

        def resize():
            return tf.cast(resize_cropped(images, self.height, self.width), self.compute_dtype)

        fits = is_at_least(images, self.height, self.width)
        return smart_cond(
            training, lambda: smart_cond(fits, lambda: self.augment(images), resize), resize
        )

    def augment(self, images: TensorLike):
        height, width = height_and_width(images)
        top, left = self._draw_start(height - self.height), self._draw_start(width - self.width)
        return crop(images, top, left, self.height, self.width)

    def _draw_start(self, room):
        seed = self.seed_generator.next_seed()
        return philox.uniform([], seed, 0, room + 1, tf.int32)

    def compute_output_shape(self, input_shape: Shape):
        return sized(input_shape, self.height, self.width)

    def get_config(self) -> Config:
        return {**super().get_config(), "height": self.height, "width": self.width}
