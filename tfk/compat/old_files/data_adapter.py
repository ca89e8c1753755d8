"""`keras.engine.data_adapter`: batches as tuples, arrays split and widened."""

import tensorflow as tf

from tfk.engine.data.splitting import split_arrays
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight


def expand_1d(data):
    """Add an axis to all tensors of rank 1, inside any nest."""

    def expand(value):
        is_vector = tf.is_tensor(value) and value.shape.rank == 1
        return tf.expand_dims(value, axis=-1) if is_vector else value

    return tf.nest.map_structure(expand, data)


def train_validation_split(arrays, validation_split):
    """`(training arrays, validation arrays)`: the last fraction of the rows is for validation."""
    return split_arrays(arrays, validation_split)


__all__ = [
    "expand_1d",
    "pack_x_y_sample_weight",
    "train_validation_split",
    "unpack_x_y_sample_weight",
]
