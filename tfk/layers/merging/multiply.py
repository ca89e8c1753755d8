"""Multiply layer."""

import functools
import operator

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register


@register("layers")
class Multiply(Merge):
    """The element-wise product of its inputs.

    Input shape: A list of tensors whose shapes broadcast. Output shape: What they broadcast to.
    >>> Multiply()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[ 3., 10.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(operator.mul, inputs)


def multiply(inputs, **kwargs):
    """`Multiply(**kwargs)(inputs)`, for a list of at least one inputs."""
    return Multiply(**kwargs)(inputs)
