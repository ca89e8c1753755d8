"""Add layer."""

import functools
import operator

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register
from tfk.typing import TensorLike


@register("layers")
class Add(Merge):
    """Elementwise sum of a list of inputs.

    Input shape: A list of tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of tensors with compatible shapes.
    >>> Add()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[4., 7.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(operator.add, inputs)


def add(inputs: TensorLike, **kwargs):
    """Functional form of `Add`: return the elementwise sum of the inputs.

    Args:
        inputs: List of one or more tensors whose shapes broadcast.
        **kwargs: Arguments of `Add`, such as `name`.
    >>> add([tf.constant([1.0]), tf.constant([3.0])]).numpy()
    array([4.], dtype=float32)
    """
    return Add(**kwargs)(inputs)
