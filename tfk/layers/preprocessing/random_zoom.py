"""RandomZoom layer."""

from tfk.layers.preprocessing.random_layer import (
    RandomTransform,
    as_setting,
    check_range,
    rows_of_eight,
)
from tfk.saving.registry import register
from tfk.typing import Config


@register("layers")
class RandomZoom(RandomTransform):
    """Augmentation layer that zooms each image in or out at random.

    Args:
        height_factor: Maximum relative change of the visible height, or a pair (lower, upper): 0.2
            zooms out to show 20 % more, -0.2 zooms in to show 20 % less.
        width_factor: Maximum relative change of the visible width; None uses the draw for the
            height, which keeps the aspect ratio. Defaults to None.
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
    >>> RandomZoom(0.5)(tf.ones((1, 8, 8, 3)), training=True).shape
    TensorShape([1, 8, 8, 3])
    """

    def __init__(
        self,
        height_factor,
        width_factor=None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.height_factor, self.width_factor = as_setting(height_factor), as_setting(width_factor)
        # Keras 2 accepts the bounds of a zoom in either order, and programs rely on it.
        self.height_lower, self.height_upper = check_range(
            self, "height_factor", height_factor, -1.0, 1.0, any_order=True
        )
        if width_factor is not None:
            self.width_lower, self.width_upper = check_range(
                self, "width_factor", width_factor, -1.0, any_order=True
            )

    def transforms(self, count, height: int, width: int):
        vertical = horizontal = self.draw([count], 1.0 + self.height_lower, 1.0 + self.height_upper)
        if self.width_factor is not None:
            horizontal = self.draw([count], 1.0 + self.width_lower, 1.0 + self.width_upper)
        # The center of the image stays fixed.
        x = (width - 1.0) / 2.0 * (1.0 - horizontal)
        y = (height - 1.0) / 2.0 * (1.0 - vertical)
        return rows_of_eight(horizontal, 0.0, x, 0.0, vertical, y)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "height_factor": self.height_factor,
            "width_factor": self.width_factor,
        }
