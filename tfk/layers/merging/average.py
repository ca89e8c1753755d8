"""Average layer."""

import functools
import operator

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register
from tfk.typing import TensorLike


@register("layers")
class Average(Merge):
    """Elementwise mean of a list of inputs, in the compute dtype of the layer.

    Input shape: A list of tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of tensors with compatible shapes.
    >>> Average()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[2. , 3.5]], dtype=float32)
    """

    keeps_input_dtype = False  # the mean of integers need not be an integer

    def _merge(self, inputs):
        total = functools.reduce(operator.add, inputs)
        return tf.cast(total, self.compute_dtype) / len(inputs)


def average(inputs: TensorLike, **kwargs):
    """Functional form of `Average`: return the elementwise mean of the inputs.

    Args:
        inputs: List of one or more tensors whose shapes broadcast.
        **kwargs: Arguments of `Average`, such as `name`.
    >>> average([tf.constant([1.0]), tf.constant([3.0])]).numpy()
    array([2.], dtype=float32)
    """
    return Average(**kwargs)(inputs)
