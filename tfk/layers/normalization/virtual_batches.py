"""Parts of a batch that are normalized each by its own statistics.

The second axis counts the virtual batches, the first one the samples within each: values have the
shape `(virtual_batch_size, number of virtual batches, ...)`, statistics `(1, number, ...)`.
"""

import tensorflow as tf

from tfk.utils.checks import describe


def weight_shape(layer, shape):
    """Shape of the weights of a layer whose inputs have statistics of `shape`.

    Raises: ValueError if the batch axis is normalized.
    """
    if 0 in layer.axis:
        raise ValueError(
            f"{describe(layer)}: virtual_batch_size needs an axis other than 0, got {layer.axis}."
        )
    return (1, 1, *shape[1:])


def split(values, size):
    """Divides a batch into virtual batches of `size` samples."""
    return tf.reshape(values, tf.concat([[size, -1], tf.shape(values)[1:]], axis=0))


def average(statistic):
    """The mean over the virtual batches, which moving averages approach."""
    return tf.reduce_mean(statistic, axis=1, keepdims=True)
