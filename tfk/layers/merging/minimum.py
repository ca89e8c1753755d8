"""Minimum layer."""

import functools

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register
from tfk.typing import TensorLike


@register("layers")
class Minimum(Merge):
    """Elementwise minimum of a list of inputs.

    Input shape: A list of tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of tensors with compatible shapes.
    >>> Minimum()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(tf.minimum, inputs)


def minimum(inputs: TensorLike, **kwargs):
    """Functional form of `Minimum`: return the elementwise minimum of the inputs.

    Args:
        inputs: List of one or more tensors whose shapes broadcast.
        **kwargs: Arguments of `Minimum`, such as `name`.
    >>> minimum([tf.constant([1.0]), tf.constant([3.0])]).numpy()
    array([1.], dtype=float32)
    """
    return Minimum(**kwargs)(inputs)
