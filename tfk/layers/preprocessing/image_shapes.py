"""Helpers of the image layers: checks, cropping and resizing."""

import tensorflow as tf

from tfk.utils.checks import describe
from tfk.utils.resizing import crop_to_aspect
from tfk.utils.shapes import dynamic_shape


def as_images(owner, inputs, dtype):
    """Return images as a tensor of the layer's dtype.

    Args:
        owner: The layer, for messages.
        inputs: An image `(height, width, channels)` or a batch of images.
        dtype: Dtype to convert to.
    """
    if isinstance(inputs, dict):
        raise ValueError(f"{describe(owner)}: expected an image or a batch of images, got a dict.")
    images = inputs if isinstance(inputs, tf.RaggedTensor) else tf.convert_to_tensor(inputs)
    if images.shape.rank not in (None, 3, 4):
        raise ValueError(
            f"{describe(owner)}: expected images of shape (height, width, channels) or (batch,"
            f" height, width, channels), got {tuple(images.shape)}."
        )
    return tf.cast(images, dtype)


def crop(images, top, left, height, width):
    """Crop images at offset `(top, left)`."""
    part = images[..., top : top + height, left : left + width, :]
    part.set_shape((*images.shape[:-3], height, width, images.shape[-1]))
    return part


def resize_cropped(images, height, width, method="bilinear"):
    """Crop the center of images to the target aspect ratio and resize it."""
    return tf.image.resize(crop_to_aspect(images, (height, width)), (height, width), method=method)


def sized(input_shape, height, width):
    """Return the shape of images with another height and width; None for unknown sizes."""
    shape = tf.TensorShape(input_shape)
    return shape if shape.rank is None else tf.TensorShape((*shape[:-3], height, width, shape[-1]))


def height_and_width(images):
    """Return height and width, as numbers if known."""
    return dynamic_shape(images)[-3:-1]


def is_at_least(images, height, width):
    """Return whether the images have at least this size; True or False if it is known."""
    found_height, found_width = height_and_width(images)
    if isinstance(found_height, int) and isinstance(found_width, int):
        return found_height >= height and found_width >= width
    return tf.logical_and(found_height >= height, found_width >= width)
