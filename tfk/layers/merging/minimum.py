"""Minimum layer."""

import functools

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register


@register("layers")
class Minimum(Merge):
    """The element-wise minimum of its inputs.

    Input shape: A list of tensors whose shapes broadcast. Output shape: What they broadcast to.
    >>> Minimum()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(tf.minimum, inputs)


def minimum(inputs, **kwargs):
    """`Minimum(**kwargs)(inputs)`, for a list of at least one inputs."""
    return Minimum(**kwargs)(inputs)
