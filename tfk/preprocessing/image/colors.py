"""Color and brightness changes of one image."""

import numpy as np

from tfk.preprocessing.image.affine import check_pair
from tfk.typing import TensorLike
from tfk.utils.images import array_to_img, img_to_array


def apply_channel_shift(x: TensorLike, intensity, channel_axis: int = 0):
    """Add `intensity` to all channels and clip to the original range of the image.

    Args:
        x: Image of three axes.
        intensity: Value to add.
        channel_axis: Axis of the channels. Defaults to 0.
    >>> apply_channel_shift(np.array([[[0.0, 5.0, 9.0]]]), 3.0)
    array([[[3., 8., 9.]]])
    """
    return np.clip(x + intensity, np.min(x), np.max(x))


def random_channel_shift(x: TensorLike, intensity_range, channel_axis: int = 0):
    """Add a random number between `-intensity_range` and `intensity_range` to all channels.

    Args:
        x: Image of three axes.
        intensity_range: Maximum change.
        channel_axis: Axis of the channels. Defaults to 0.
    >>> random_channel_shift(np.ones((3, 8, 8)), 0.5).shape
    (3, 8, 8)
    """
    return apply_channel_shift(
        x, np.random.uniform(-intensity_range, intensity_range), channel_axis
    )


def apply_brightness_shift(x: TensorLike, brightness, scale: bool = True):
    """Multiply the brightness of an image by a factor.

    Args:
        x: Image in the default data format.
        brightness: The factor: 0 is black, 1 changes nothing.
        scale: Whether to rescale the values to 0 to 255 first. Defaults to True.

    Returns:
        The new image, with integral values from 0 to 255, or in the original range if that was
        another one and `scale` is False.
    >>> apply_brightness_shift(np.full((1, 1, 3), 100.0), 0.5, scale=False).ravel()
    array([50., 50., 50.], dtype=float32)
    """
    from PIL import ImageEnhance

    lowest, highest = np.min(x), np.max(x)
    out_of_range = lowest < 0 or highest > 255
    image = ImageEnhance.Brightness(array_to_img(x, scale=bool(out_of_range or scale)))
    brightened = img_to_array(image.enhance(brightness))
    if out_of_range and not scale:
        brightened = brightened / 255 * (highest - lowest) + lowest
    return brightened


def random_brightness(x: TensorLike, brightness_range, scale: bool = True):
    """Multiply the brightness of an image by a random factor from `brightness_range`.

    Args:
        x: Image in the default data format.
        brightness_range: Pair of the smallest and the largest factor.
        scale: Whether to rescale the values to 0 to 255 first. Defaults to True.
    Raises: ValueError if `brightness_range` is not a pair.
    >>> random_brightness(np.ones((8, 8, 3)), (0.5, 1.5)).shape
    (8, 8, 3)
    """
    check_pair("random_brightness", "brightness_range", brightness_range)
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)
