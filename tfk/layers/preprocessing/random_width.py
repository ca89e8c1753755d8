"""RandomWidth layer."""

from tfk.layers.preprocessing.image_shapes import sized
from tfk.layers.preprocessing.random_size import RandomSize
from tfk.saving.registry import register
from tfk.typing import Shape, TensorLike
from tfk.utils.shapes import dynamic_shape


@register("layers")
class RandomWidth(RandomSize):
    """Augmentation layer that resizes images to a random width, the same for all images of a batch.

    Args:
        factor: Maximum relative change of the width, or a pair (lower, upper).
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`,
            `"gaussian"` or `"mitchellcubic"`. Defaults to `"bilinear"`.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same layout with an unknown width, in the compute dtype.
    Raises: ValueError if `factor` or `interpolation` is invalid.
    >>> RandomWidth((0.5, 0.5))(tf.ones((1, 4, 4, 3)), training=True).shape
    TensorShape([1, 4, 6, 3])
    """

    def target_size(self, images: TensorLike, factor):
        height, width = dynamic_shape(images)[-3:-1]
        return height, self.scaled(width, factor)

    def compute_output_shape(self, input_shape: Shape):
        height = input_shape[-3] if len(input_shape) else None
        return sized(input_shape, height, None)
