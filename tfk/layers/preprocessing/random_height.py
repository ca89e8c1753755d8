"""RandomHeight layer."""

from tfk.layers.preprocessing.image_shapes import sized
from tfk.layers.preprocessing.random_size import RandomSize
from tfk.saving.registry import register
from tfk.typing import Shape, TensorLike
from tfk.utils.shapes import dynamic_shape


@register("layers")
class RandomHeight(RandomSize):
    """Augmentation layer that resizes images to a random height, the same for all images of a
    batch.

    Args:
        factor: Maximum relative change of the height, or a pair (lower, upper).
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`,
            `"gaussian"` or `"mitchellcubic"`. Defaults to `"bilinear"`.
        seed: Integer random seed for reproducible changes. Defaults to None.
    Call arguments:
        inputs: The images.
        training: Whether to augment; False returns the images unchanged. Defaults to True.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`.
    Output shape: Same layout with an unknown height, in the compute dtype.
    Raises: ValueError if `factor` or `interpolation` is invalid.
    >>> RandomHeight((0.5, 0.5))(tf.ones((1, 4, 4, 3)), training=True).shape
    TensorShape([1, 6, 4, 3])
    """

    def target_size(self, images: TensorLike, factor):
        height, width = dynamic_shape(images)[-3:-1]
        return self.scaled(height, factor), width

    def compute_output_shape(self, input_shape: Shape):
        width = input_shape[-2] if len(input_shape) else None
        return sized(input_shape, None, width)
