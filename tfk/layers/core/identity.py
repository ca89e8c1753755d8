"""Identity layer: returns its input."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Shape, TensorLike
from tfk.utils.shapes import to_tensor_shapes


@register("layers")
class Identity(Layer):
    """Layer that returns its input unchanged, a tensor or a nest of tensors.

    Masks are not passed on, as in Keras 2.

    Args:
        **kwargs: `name`, `dtype`, `trainable` and the other arguments of `Layer`.
    Input shape: Any.
    Output shape: Same as the input.
    >>> Identity()(tf.constant([1.0, 2.0])).numpy()
    array([1., 2.], dtype=float32)
    """

    keeps_input_dtype = True

    def call(self, inputs: TensorLike):
        return tf.nest.map_structure(tf.identity, inputs)

    def compute_output_shape(self, input_shape: Shape):
        return to_tensor_shapes(input_shape)

    def compute_output_dtype(self, input_dtypes):
        return tf.nest.map_structure(super().compute_output_dtype, input_dtypes)
