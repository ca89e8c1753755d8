"""Add layer."""

import functools
import operator

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register


@register("layers")
class Add(Merge):
    """The sum of its inputs.

    Input shape: A list of tensors whose shapes broadcast. Output shape: What they broadcast to.
    >>> Add()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[4., 7.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(operator.add, inputs)


def add(inputs, **kwargs):
    """`Add(**kwargs)(inputs)`, for a list of at least one inputs."""
    return Add(**kwargs)(inputs)
