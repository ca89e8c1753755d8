"""Product of inputs with the weights of all gates, with optional dropout masks per gate."""

import tensorflow as tf

from tfk.layers.core.dense import affine_last_axis


def gate_product(inputs, weights, masks=None):
    """Multiply `(..., features)` by `(features, gates * units)`; return `(..., gates * units)`.

    Args:
        inputs: Tensor of rank 2 or 3.
        weights: Matrices of the gates, concatenated along the last axis.
        masks: None, or a list of one mask `(batch, features)` per gate, multiplied with the inputs.
            Defaults to None.
    """
    if masks is None:
        return affine_last_axis(inputs, weights)
    parts = zip(masks, tf.split(weights, len(masks), 1))
    return tf.concat([affine_last_axis(inputs * mask, part) for mask, part in parts], -1)
