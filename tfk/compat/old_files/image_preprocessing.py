"""`keras.layers.preprocessing.image_preprocessing`: projective transforms of images."""

import tensorflow as tf


def transform(
    images,
    transforms,
    fill_mode="reflect",
    fill_value=0.0,
    interpolation="bilinear",
    output_shape=None,
    name=None,
):
    """Transform images projectively; arguments as `tf.raw_ops.ImageProjectiveTransformV3` has them.

    Args:
        images: `(count, rows, columns, channels)`.
        transforms: Eight numbers for each image, which map output points to input points.
        fill_mode, fill_value: What stands outside of the image.
        interpolation: `"nearest"` or `"bilinear"`.
        output_shape: `(rows, columns)`, by default those of the images.
        name: Name scope of the operations.
    """
    with tf.name_scope(name or "transform"):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=images,
            transforms=transforms,
            output_shape=tf.shape(images)[1:3] if output_shape is None else output_shape,
            fill_value=tf.cast(fill_value, tf.float32),
            fill_mode=fill_mode.upper(),
            interpolation=interpolation.upper(),
        )


__all__ = ["transform"]
