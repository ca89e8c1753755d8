"""RandomContrast layer."""

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import RandomImageLayer, as_setting
from tfk.saving.registry import register
from tfk.typing import Config, TensorLike
from tfk.utils.checks import describe


@register("layers")
class RandomContrast(RandomImageLayer):
    """Augmentation layer that scales the distance of each channel from its mean by a random factor.

    The factor is the same for all images of a batch.

    Args:
        factor: A number f in `[0, 1]` for factors in `[1 - f, 1 + f]`, or a pair (f, g) for factors
            in `[1 - f, 1 + g]`.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`, values in `[0,
        255]`.
    Output shape: Same as the input; values are clipped to `[0, 255]`.
    Raises: ValueError if `factor` is out of range.
    >>> RandomContrast(0.2)(tf.ones((1, 4, 4, 3)), training=True).shape
    TensorShape([1, 4, 4, 3])
    """

    def __init__(self, factor, seed: int | None = None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.factor = as_setting(factor)
        self.lower, self.upper = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        if not (0 <= self.lower <= 1 and self.upper >= 0):
            raise ValueError(
                f"{describe(self)}: expected factor to be between 0 and 1, got {factor!r}."
            )

    def augment(self, images: TensorLike):
        factor = self.draw([], 1.0 - self.lower, 1.0 + self.upper)
        changed = tf.clip_by_value(tf.image.adjust_contrast(images, factor), 0, 255)
        changed.set_shape(images.shape)
        return changed

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}
