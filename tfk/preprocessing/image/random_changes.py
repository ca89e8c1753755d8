"""Random transforms of an image: drawing and applying them."""

import numpy as np

from tfk.preprocessing.image.affine import apply_affine_transform, draw_zoom
from tfk.preprocessing.image.colors import apply_brightness_shift, apply_channel_shift
from tfk.typing import TensorLike
from tfk.utils.checks import is_integer


class RandomChanges:
    """Mixin of `ImageDataGenerator`, which holds the settings."""

    def get_random_transform(self, img_shape, seed: int | None = None):
        """Draw a transform for one image.

        Args:
            img_shape: Shape of the image.
            seed: Seed of NumPy's generator; None leaves it alone. Defaults to None.

        Returns:
            A dict for `apply_transform`.
        """
        if seed is not None:
            np.random.seed(seed)
        # The order of the draws is that of Keras 2: the same seed gives the same images.
        theta = _draw_around_zero(self.rotation_range)
        tx = _draw_shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _draw_shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _draw_around_zero(self.shear_range)
        zx, zy = draw_zoom(self.zoom_range)
        flip_horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        flip_vertical = (np.random.random() < 0.5) * self.vertical_flip
        channel_shift = (
            _draw_around_zero(self.channel_shift_range) if self.channel_shift_range else None
        )
        brightness = (
            None if self.brightness_range is None else np.random.uniform(*self.brightness_range)
        )
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": flip_horizontal,
            "flip_vertical": flip_vertical,
            "channel_shift_intensity": channel_shift,
            "brightness": brightness,
        }

    def apply_transform(self, x: TensorLike, transform_parameters):
        """Apply a transform to one image.

        Args:
            x: Image of three axes.
            transform_parameters: Dict with any of `theta`, `tx`, `ty`, `shear`, `zx`, `zy` (see
                `apply_affine_transform`), `flip_horizontal`, `flip_vertical`,
                `channel_shift_intensity` and `brightness`.
        """
        get = transform_parameters.get
        row_axis, col_axis, channel_axis = (
            self.row_axis - 1,
            self.col_axis - 1,
            self.channel_axis - 1,
        )
        x = apply_affine_transform(
            x,
            get("theta", 0),
            get("tx", 0),
            get("ty", 0),
            get("shear", 0),
            get("zx", 1),
            get("zy", 1),
            row_axis=row_axis,
            col_axis=col_axis,
            channel_axis=channel_axis,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, get("channel_shift_intensity"), channel_axis)
        if get("flip_horizontal"):
            x = np.flip(x, col_axis)
        if get("flip_vertical"):
            x = np.flip(x, row_axis)
        if get("brightness") is not None:
            x = apply_brightness_shift(x, get("brightness"), False)
        return x

    def random_transform(self, x: TensorLike, seed: int | None = None):
        """Draw a transform and apply it to one image."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _draw_around_zero(largest):
    return np.random.uniform(-largest, largest) if largest else 0


def _draw_shift(shift_range, length):
    """Return a shift in pixels from a fraction, a number of pixels, or a list of either to choose
    from.
    """
    if np.ndim(shift_range) == 0 and not shift_range:
        return 0
    if np.ndim(shift_range) or is_integer(shift_range) and shift_range > 0:
        shift = np.random.choice(shift_range) * np.random.choice([-1, 1])
    else:
        shift = np.random.uniform(-shift_range, shift_range)
    return shift * length if np.max(shift_range) < 1 else shift
