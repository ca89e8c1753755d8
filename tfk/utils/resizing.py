"""Resizing images with TensorFlow."""

import numpy as np
import tensorflow as tf

from tfk.typing import TensorLike
from tfk.utils.checks import describe

METHODS = (
    "bilinear",
    "nearest",
    "bicubic",
    "area",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "mitchellcubic",
)


def check_method(owner, interpolation):
    """Return the name of an interpolation in lower case, or a NotImplementedError that lists them
    all."""
    name = str(interpolation).lower()
    if name not in METHODS:
        raise NotImplementedError(
            f"{describe(owner)}: expected interpolation to be one of {', '.join(METHODS)}, got"
            f" {interpolation!r}."
        )
    return name


def smart_resize(x: TensorLike, size, interpolation: str = "bilinear"):
    """Resize images without distortion: center-crop to the target's aspect ratio first.

    Args:
        x: Image `(height, width, channels)` or images `(batch, height, width, channels)`, array or
            tensor.
        size: Target `(height, width)`.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`, `"lanczos5"`,
            `"gaussian"` or `"mitchellcubic"`. Defaults to `"bilinear"`.

    Returns:
        An array for an array, else a tensor; float32 except for `"nearest"`.
    Raises: ValueError if `size` or the input shape is invalid.

    >>> smart_resize(np.ones((40, 60, 3)), (20, 20)).shape
    (20, 20, 3)
    """
    if len(size) != 2:
        raise ValueError(f"smart_resize: expected size to be (height, width), got {size!r}.")
    method = check_method("smart_resize", interpolation)
    images = tf.convert_to_tensor(x)
    if images.shape.rank not in (None, 3, 4):
        raise ValueError(
            "smart_resize: expected an image (height, width, channels) or a batch of them, got the"
            f" shape {tuple(images.shape)}."
        )
    resized = tf.image.resize(crop_to_aspect(images, size), size, method=method)
    if images.shape.rank is not None:
        resized.set_shape([None] * (images.shape.rank - 1) + [images.shape[-1]])
    return resized.numpy() if isinstance(x, np.ndarray) else resized


def crop_to_aspect(images, size):
    """Return the largest center crop of images with the aspect ratio of `size`.

    Args:
        images: Tensor `(..., height, width, channels)` of rank 3 or 4.
        size: `(height, width)`.
    """
    shape = tf.shape(images)
    height, width = shape[-3], shape[-2]
    target_height, target_width = size
    crop_height = tf.minimum(height, _scaled(width, target_height, target_width))
    crop_width = tf.minimum(width, _scaled(height, target_width, target_height))
    top = tf.cast(tf.cast(height - crop_height, tf.float32) / 2, tf.int32)
    left = tf.cast(tf.cast(width - crop_width, tf.float32) / 2, tf.int32)
    return images[..., top : top + crop_height, left : left + crop_width, :]


def _scaled(length, numerator, denominator):
    """`length * numerator / denominator` in float32, rounded down: as Keras 2 computes it."""
    return tf.cast(tf.cast(length * numerator, tf.float32) / denominator, tf.int32)
