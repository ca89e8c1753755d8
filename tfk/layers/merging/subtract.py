"""Subtract layer."""

from tfk.layers.merging.merge import Merge, check_shapes
from tfk.saving.registry import register
from tfk.typing import Shape, TensorLike


@register("layers")
class Subtract(Merge):
    """Elementwise difference: the first of two inputs minus the second.

    Input shape: A list of two tensors whose shapes broadcast.
    Output shape: The broadcast shape.
    Raises: ValueError if the inputs are not a list of two tensors with compatible shapes.
    >>> Subtract()([tf.constant([[1.0, 5.0]]), tf.constant([[3.0, 2.0]])]).numpy()
    array([[-2.,  3.]], dtype=float32)
    """

    def build(self, input_shape: Shape):
        super().build(check_shapes(self, input_shape, count=2))

    def _merge(self, inputs):
        return inputs[0] - inputs[1]


def subtract(inputs: TensorLike, **kwargs):
    """Functional form of `Subtract`: return the first input minus the second.

    Args:
        inputs: List of two tensors whose shapes broadcast.
        **kwargs: Arguments of `Subtract`, such as `name`.
    >>> subtract([tf.constant([1.0]), tf.constant([3.0])]).numpy()
    array([-2.], dtype=float32)
    """
    return Subtract(**kwargs)(inputs)
