"""Multiply layer."""

import functools
import operator

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register
from tfk.typing import TensorLike


@register("layers")
class Multiply(Merge):
    """Elementwise product of a list of inputs.

    Input shape: A list of tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of tensors with compatible shapes.
    >>> Multiply()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[ 3., 10.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(operator.mul, inputs)


def multiply(inputs: TensorLike, **kwargs):
    """Functional form of `Multiply`: return the elementwise product of the inputs.

    Args:
        inputs: List of one or more tensors whose shapes broadcast.
        **kwargs: Arguments of `Multiply`, such as `name`.
    >>> multiply([tf.constant([2.0]), tf.constant([3.0])]).numpy()
    array([6.], dtype=float32)
    """
    return Multiply(**kwargs)(inputs)
