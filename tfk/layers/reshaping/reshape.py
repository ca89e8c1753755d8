"""Reshape layer."""

import math

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import describe, is_integer, plain_number


@register("layers")
class Reshape(Layer):
    """Layer that reshapes each sample.

    Args:
        target_shape: Tuple of integers without the batch axis; one entry may be -1 and is inferred.
    Input shape: `(batch, ...)`.
    Output shape: `(batch, *target_shape)`.
    Raises: ValueError if the number of elements differs or two entries are -1.
    >>> Reshape((2, -1))(tf.ones((5, 6))).shape
    TensorShape([5, 2, 3])
    """

    keeps_input_dtype = True

    def __init__(self, target_shape: Shape, **kwargs):
        super().__init__(**kwargs)
        target_shape = plain_number(target_shape)
        sizes = (target_shape,) if is_integer(target_shape) else map(plain_number, target_shape)
        sizes = tuple(sizes)
        if not all(is_integer(size) and size >= -1 for size in sizes) or sizes.count(-1) > 1:
            raise ValueError(
                f"{describe(self)}: expected target_shape to hold integers, at most one of them -1,"
                f" got {target_shape!r}."
            )
        self.target_shape = tuple(int(size) for size in sizes)

    def call(self, inputs: TensorLike):
        shape = self.compute_output_shape(inputs.shape)
        if shape[1:].num_elements():
            return tf.reshape(inputs, (-1, *shape[1:]))
        outputs = tf.reshape(inputs, (tf.shape(inputs)[0], *self.target_shape))
        outputs.set_shape(shape)
        return outputs

    def compute_output_shape(self, input_shape: Shape):
        input_shape = tf.TensorShape(input_shape)
        batch = input_shape[0] if input_shape.rank is not None else None
        given = input_shape[1:].num_elements() if input_shape.rank is not None else None
        if given is None:
            return tf.TensorShape(
                [batch, *(None if size == -1 else size for size in self.target_shape)]
            )
        known = math.prod(size for size in self.target_shape if size != -1)
        missing = -1 in self.target_shape
        if (missing and (known == 0 or given % known)) or (not missing and known != given):
            raise ValueError(
                f"{describe(self)}: {given} elements of an input of shape {tuple(input_shape)} do"
                f" not fit target_shape={self.target_shape}."
            )
        return tf.TensorShape(
            [batch, *(given // known if size == -1 else size for size in self.target_shape)]
        )

    def get_config(self) -> Config:
        return {**super().get_config(), "target_shape": self.target_shape}
