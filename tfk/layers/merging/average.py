"""Average layer."""

import functools
import operator

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register


@register("layers")
class Average(Merge):
    """The element-wise mean of its inputs, in the compute dtype of the layer.

    Input shape: A list of tensors whose shapes broadcast. Output shape: What they broadcast to.
    >>> Average()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[2. , 3.5]], dtype=float32)
    """

    keeps_input_dtype = False  # the mean of integers is none

    def _merge(self, inputs):
        total = functools.reduce(operator.add, inputs)
        return tf.cast(total, self.compute_dtype) / len(inputs)


def average(inputs, **kwargs):
    """`Average(**kwargs)(inputs)`, for a list of at least one inputs."""
    return Average(**kwargs)(inputs)
