"""RandomFlip layer."""

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import RandomImageLayer
from tfk.saving.registry import register
from tfk.typing import Config, TensorLike
from tfk.utils.checks import check_choice

MODES = ("horizontal", "vertical", "horizontal_and_vertical")


@register("layers")
class RandomFlip(RandomImageLayer):
    """Augmentation layer that flips each image with probability 1/2.

    Args:
        mode: `"horizontal"` (left to right), `"vertical"` or `"horizontal_and_vertical"`. Defaults
            to `"horizontal_and_vertical"`.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same as the input.
    Raises: ValueError if `mode` is unknown or the input is not an image.
    >>> RandomFlip("horizontal")(tf.ones((2, 4, 4, 3)), training=True).shape
    TensorShape([2, 4, 4, 3])
    """

    def __init__(self, mode: str = "horizontal_and_vertical", seed: int | None = None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.mode = check_choice(self, "mode", mode, MODES)
        self.horizontal, self.vertical = "horizontal" in mode, "vertical" in mode

    def augment(self, images: TensorLike):
        if self.horizontal:
            images = self._flip(images, -2)
        if self.vertical:
            images = self._flip(images, -3)
        return images

    def _flip(self, images, axis):
        chosen = self.draw(tf.shape(images)[:-3], 0.0, 1.0) < 0.5  # one draw per image
        # This op takes a condition for whole images; tf.where would stretch it over all pixels.
        return tf.raw_ops.Select(condition=chosen, x=tf.reverse(images, [axis]), y=images)

    def get_config(self) -> Config:
        return {**super().get_config(), "mode": self.mode}
