"""Maximum layer."""

import functools

import tensorflow as tf

from tfk.layers.merging.merge import Merge
from tfk.saving.registry import register
from tfk.typing import TensorLike


@register("layers")
class Maximum(Merge):
    """Elementwise maximum of a list of inputs.

    Input shape: A list of tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of tensors with compatible shapes.
    >>> Maximum()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[3., 5.]], dtype=float32)
    """

    def _merge(self, inputs):
        return functools.reduce(tf.maximum, inputs)


def maximum(inputs: TensorLike, **kwargs):
    """Functional form of `Maximum`: return the elementwise maximum of the inputs.

    Args:
        inputs: List of one or more tensors whose shapes broadcast.
        **kwargs: Arguments of `Maximum`, such as `name`.
    >>> maximum([tf.constant([1.0]), tf.constant([3.0])]).numpy()
    array([3.], dtype=float32)
    """
    return Maximum(**kwargs)(inputs)
