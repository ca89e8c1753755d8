"""RandomTranslation layer."""

from tfk.layers.preprocessing.random_layer import (
    RandomTransform,
    as_setting,
    check_range,
    rows_of_eight,
)
from tfk.saving.registry import register
from tfk.typing import Config


@register("layers")
class RandomTranslation(RandomTransform):
    """Augmentation layer that shifts each image by random distances.

    Args:
        height_factor: Maximum vertical shift as a fraction of the height, or a pair (lower, upper);
            positive is downwards.
        width_factor: Maximum horizontal shift as a fraction of the width, or a pair (lower, upper);
            positive is to the right.
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
    Raises: ValueError if a factor, `fill_mode` or `interpolation` is invalid.
    >>> layer = RandomTranslation(0.0, (0.5, 0.5), fill_mode="constant")
    >>> layer(tf.reshape([1.0, 2.0], (1, 2, 1)), training=True).numpy().ravel()
    array([0., 1.], dtype=float32)
    """

    def __init__(
        self,
        height_factor,
        width_factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.height_factor, self.width_factor = as_setting(height_factor), as_setting(width_factor)
        self.height_lower, self.height_upper = check_range(
            self, "height_factor", height_factor, -1.0, 1.0
        )
        self.width_lower, self.width_upper = check_range(
            self, "width_factor", width_factor, -1.0, 1.0
        )

    def transforms(self, count, height: int, width: int):
        down = self.draw([count], self.height_lower, self.height_upper) * height
        right = self.draw([count], self.width_lower, self.width_upper) * width
        return rows_of_eight(1.0, 0.0, -right, 0.0, 1.0, -down)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "height_factor": self.height_factor,
            "width_factor": self.width_factor,
        }
