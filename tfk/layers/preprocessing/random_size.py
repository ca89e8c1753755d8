"""Base class of RandomHeight and RandomWidth."""

import tensorflow as tf

from tfk.layers.preprocessing.random_layer import RandomImageLayer, as_setting, check_range
from tfk.typing import Config, TensorLike
from tfk.utils.checks import describe
from tfk.utils.resizing import check_method


class RandomSize(RandomImageLayer):
    """Base class of layers that resize images along one axis; a subclass defines
    `target_size(images, factor)`.
    """

    def __init__(self, factor, interpolation: str = "bilinear", seed: int | None = None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.factor = as_setting(factor)
        self.lower, self.upper = check_range(self, "factor", factor, -1.0)
        self._method = check_method(self, interpolation)
        self.interpolation = interpolation

    def augment(self, images: TensorLike):
        factor = self.draw([], 1.0 + self.lower, 1.0 + self.upper)
        size = tf.stack(self.target_size(images, factor))
        resized = tf.cast(tf.image.resize(images, size, method=self._method), self.compute_dtype)
        resized.set_shape(self.compute_output_shape(images.shape))
        return resized

    def target_size(self, images: TensorLike, factor):
        """Return height and width of the output."""
        raise NotImplementedError(
            f"{describe(self)}: a random size must define target_size(images, factor)."
        )

    @staticmethod
    def scaled(length: int, factor):
        """Return a length times a factor, rounded down."""
        return tf.cast(factor * tf.cast(length, tf.float32), tf.int32)

    def get_config(self) -> Config:
        return {**super().get_config(), "factor": self.factor, "interpolation": self.interpolation}
