"""Changing the colours and the brightness of one image."""

import numpy as np

from tfk.preprocessing.image.affine import check_pair
from tfk.utils.images import array_to_img, img_to_array


def apply_channel_shift(x, intensity, channel_axis=0):
    """Adds `intensity` to all channels and clips to the range the image had.

    >>> apply_channel_shift(np.array([[[0.0, 5.0, 9.0]]]), 3.0)
    array([[[3., 8., 9.]]])
    """
    return np.clip(x + intensity, np.min(x), np.max(x))


def random_channel_shift(x, intensity_range, channel_axis=0):
    """Adds a random number between `-intensity_range` and `intensity_range`; see
    `apply_channel_shift`.
    """
    return apply_channel_shift(
        x, np.random.uniform(-intensity_range, intensity_range), channel_axis
    )


def apply_brightness_shift(x, brightness, scale=True):
    """Multiplies the brightness of an image.

    Args:
        x: Image in the default data format.
        brightness: The factor: 0 is black, 1 changes nothing.
        scale: Whether to spread the values over 0 to 255 first.

    Returns:
        The new image, in whole numbers from 0 to 255, or in the old range when that was another one
        and `scale` is False.
    """
    from PIL import ImageEnhance

    lowest, highest = np.min(x), np.max(x)
    out_of_range = lowest < 0 or highest > 255
    image = ImageEnhance.Brightness(array_to_img(x, scale=bool(out_of_range or scale)))
    brightened = img_to_array(image.enhance(brightness))
    if out_of_range and not scale:
        brightened = brightened / 255 * (highest - lowest) + lowest
    return brightened


def random_brightness(x, brightness_range, scale=True):
    """Multiplies the brightness by a random number from `brightness_range`; see
    `apply_brightness_shift`.
    """
    check_pair("random_brightness", "brightness_range", brightness_range)
    return apply_brightness_shift(x, np.random.uniform(*brightness_range), scale)
