"""RandomRotation layer."""

import math

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import (
    RandomTransform,
    as_setting,
    check_range,
    rows_of_eight,
)
from tfk.saving.registry import register
from tfk.typing import Config


@register("layers")
class RandomRotation(RandomTransform):
    """Augmentation layer that rotates each image by a random angle.

    Args:
        factor: Maximum angle as a fraction of a full turn, or a pair (lower, upper); positive is
            counter-clockwise.
        fill_mode: Values outside the image: `"reflect"`, `"wrap"`, `"constant"` or `"nearest"`.
            Defaults to `"reflect"`.
        interpolation: `"bilinear"` or `"nearest"`. Defaults to `"bilinear"`.
        seed: Integer random seed for reproducible changes. Defaults to None.
        fill_value: Value outside the image with `fill_mode="constant"`. Defaults to 0.0.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same as the input.
    Raises: ValueError if `factor`, `fill_mode` or `interpolation` is invalid.
    >>> RandomRotation((0.5, 0.5))(tf.reshape([1.0, 2.0], (1, 2, 1)), training=True).numpy().ravel()
    array([2., 1.], dtype=float32)
    """

    def __init__(
        self,
        factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.factor = as_setting(factor)
        self.lower, self.upper = check_range(self, "factor", factor, -float("inf"))

    def transforms(self, count, height: int, width: int):
        angle = self.draw([count], self.lower * 2.0 * math.pi, self.upper * 2.0 * math.pi)
        cos, sin = tf.cos(angle), tf.sin(angle)
        # The center of the image stays fixed.
        x = (width - 1 - (cos * (width - 1) - sin * (height - 1))) / 2.0
        y = (height - 1 - (sin * (width - 1) + cos * (height - 1))) / 2.0
        return rows_of_eight(cos, -sin, x, sin, cos, y)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor}
