"""RandomBrightness layer."""

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import RandomImageLayer
from tfk.saving.registry import register
from tfk.typing import Config, TensorLike
from tfk.utils.checks import check_number, describe


@register("layers")
class RandomBrightness(RandomImageLayer):
    """Augmentation layer that adds a random value to each image.

    Args:
        factor: Maximum change as a fraction of the value range, or a pair (lower, upper); in `[-1,
            1]`.
        value_range: Smallest and largest pixel value, to which the output is clipped. Defaults to
            `(0, 255)`.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same as the input.
    Raises: ValueError if `factor` is out of range or `value_range` is not a pair.
    >>> RandomBrightness((0.1, 0.1))(tf.zeros((1, 1, 1)), training=True).numpy().ravel()
    array([25.5], dtype=float32)
    """

    def __init__(self, factor, value_range=(0, 255), seed: int | None = None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        pair = (
            factor if isinstance(factor, (tuple, list)) and len(factor) == 2 else (factor, factor)
        )
        for bound in pair:
            check_number(self, "factor", bound, minimum=-1.0, maximum=1.0)
        if pair is not factor:
            pair = (-abs(factor), abs(factor))
        self._factor = tuple(sorted(pair))
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
            raise ValueError(
                f"{describe(self)}: expected value_range to be a pair (smallest, largest), got"
                f" {value_range!r}."
            )
        self._value_range = tuple(sorted(value_range))

    def augment(self, images: TensorLike):
        low, high = self._value_range
        count = tf.shape(images)[:-3]  # one draw per image
        change = self.draw(tf.concat([count, [1, 1, 1]], 0), *self._factor) * (high - low)
        changed = tf.clip_by_value(images + tf.cast(change, images.dtype), low, high)
        changed.set_shape(images.shape)
        return changed

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self._factor, "value_range": self._value_range}
