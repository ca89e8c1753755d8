"""RandomContrast layer."""

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import RandomImageLayer, as_setting
from tfk.saving.registry import register
from tfk.utils.checks import describe


@register("layers")
class RandomContrast(RandomImageLayer):
    """Multiplies the distance of each channel from its mean by a random factor, one for all images
    of a batch.

    Args:
        factor: A number f for factors from `1 - f` to `1 + f`, or a pair (f, g) for those from `1 -
            f` to `1 + g`; f lies between 0 and 1.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`, from 0 to 255.
    Output shape: The same; values are clipped to that range.
    >>> RandomContrast(0.2)(tf.ones((1, 4, 4, 3)), training=True).shape
    TensorShape([1, 4, 4, 3])
    """

    def __init__(self, factor, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.factor = as_setting(factor)
        self.lower, self.upper = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        if not (0 <= self.lower <= 1 and self.upper >= 0):
            raise ValueError(
                f"{describe(self)}: expected factor to lie between 0 and 1, got {factor!r}."
            )

    def augment(self, images):
        factor = self.draw([], 1.0 - self.lower, 1.0 + self.upper)
        changed = tf.clip_by_value(tf.image.adjust_contrast(images, factor), 0, 255)
        changed.set_shape(images.shape)
        return changed

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
