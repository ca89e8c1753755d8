"""The product of inputs with the weights of all gates, each gate with a dropout mask of its own
where there are any.
"""

import tensorflow as tf

from tfk.layers.core.dense import affine_last_axis


def gate_product(inputs, weights, masks=None):
    """`(..., gates * units)` from `(..., features)` and `(features, gates * units)`.

    Args:
        inputs: Tensor of rank 2 or 3.
        weights: The gates' matrices side by side.
        masks: None, or a list of one `(batch, features)` for each gate that multiplies the inputs.
    """
    if masks is None:
        return affine_last_axis(inputs, weights)
    parts = zip(masks, tf.split(weights, len(masks), 1))
    return tf.concat([affine_last_axis(inputs * mask, part) for mask, part in parts], -1)
