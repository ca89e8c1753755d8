"""Virtual batches: parts of a batch that are normalized separately.

The first axis indexes the samples of a virtual batch, the second one the virtual batches: values
have the shape `(virtual_batch_size, count, ...)`, statistics `(1, count, ...)`.
"""

import tensorflow as tf

from tfk.utils.checks import describe


def weight_shape(layer, shape):
    """Return the shape of the weights of a layer whose statistics have `shape`.

    Raises: ValueError if the batch axis is normalized.
    """
    if 0 in layer.axis:
        raise ValueError(
            f"{describe(layer)}: virtual_batch_size needs an axis other than 0, got {layer.axis}."
        )
    return (1, 1, *shape[1:])


def split(values, size):
    """Divide a batch into virtual batches of `size` samples."""
    return tf.reshape(values, tf.concat([[size, -1], tf.shape(values)[1:]], axis=0))


def average(statistic):
    """Return the mean over the virtual batches, used to update moving averages."""
    return tf.reduce_mean(statistic, axis=1, keepdims=True)
