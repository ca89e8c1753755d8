"""Maximum layer."""

import functools

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register


@register("layers")
class Maximum(Merge):
    """The element-wise maximum of its inputs.

    Input shape: A list of tensors whose shapes broadcast. Output shape: What they broadcast to.
    >>> Maximum()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[3., 5.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(tf.maximum, inputs)


def maximum(inputs, **kwargs):
    """`Maximum(**kwargs)(inputs)`, for a list of at least one inputs."""
    return Maximum(**kwargs)(inputs)
