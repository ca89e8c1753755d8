"""RandomZoom layer."""

from tfk.layers.preprocessing.random_layer import (
    RandomTransform,
    as_setting,
    check_range,
    rows_of_eight,
)
from tfk.saving.registry import register


@register("layers")
class RandomZoom(RandomTransform):
    """Zooms into each image or out of it.

    Args:
        height_factor: Largest share by which things become smaller or larger vertically, or a pair
            (lowest, highest); 0.2 shows 20 % more, -0.2 shows 20 % less.
        width_factor: The same horizontally; None takes the draw of the height, which keeps the
            proportions. Defaults to None.
        fill_mode: What lies outside: `"reflect"`, `"wrap"`, `"constant"` or `"nearest"`. Defaults
            to `"reflect"`.
        interpolation: `"bilinear"` or `"nearest"`. Defaults to `"bilinear"`.
        seed: Integer random seed for reproducible changes. Defaults to None.
        fill_value: Value outside for `"constant"`. Defaults to 0.0.
    Input shape: `(batch, height, width, channels)` or `(height, width, channels)`. Output shape:
        The same.
    >>> RandomZoom(0.5)(tf.ones((1, 8, 8, 3)), training=True).shape
    TensorShape([1, 8, 8, 3])
    """

    def __init__(
        self,
        height_factor,
        width_factor=None,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        **kwargs,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, **kwargs)
        self.height_factor, self.width_factor = as_setting(height_factor), as_setting(width_factor)
        # Keras 2 takes the bounds of a zoom in either order, and programs have them so.
        self.height_lower, self.height_upper = check_range(
            self, "height_factor", height_factor, -1.0, 1.0, any_order=True
        )
        if width_factor is not None:
            self.width_lower, self.width_upper = check_range(
                self, "width_factor", width_factor, -1.0, any_order=True
            )

    def transforms(self, count, height, width):
        vertical = horizontal = self.draw([count], 1.0 + self.height_lower, 1.0 + self.height_upper)
        if self.width_factor is not None:
            horizontal = self.draw([count], 1.0 + self.width_lower, 1.0 + self.width_upper)
        # The middle of the image stays where it is.
        x = (width - 1.0) / 2.0 * (1.0 - horizontal)
        y = (height - 1.0) / 2.0 * (1.0 - vertical)
        return rows_of_eight(horizontal, 0.0, x, 0.0, vertical, y)

    def get_config(self):
        return {
            **super().get_config(),
            "height_factor": self.height_factor,
            "width_factor": self.width_factor,
        }
