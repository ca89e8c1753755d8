"""Permute layer."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Ints, Shape, TensorLike
from tfk.utils.checks import describe, plain_number


@register("layers")
class Permute(Layer):
    """Layer that permutes the axes of each sample.

    Args:
        dims: Permutation of `1, 2, ...`; the batch axis 0 stays first and is not included.
    Input shape: `(batch, ...)`, with one axis per entry of `dims` after the batch axis.
    Output shape: `(batch, ...)` with permuted axes.
    Raises: ValueError if `dims` is not a permutation.
    >>> Permute((2, 1))(tf.ones((5, 3, 4))).shape
    TensorShape([5, 4, 3])
    """

    keeps_input_dtype = True

    def __init__(self, dims: Ints, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(map(plain_number, dims))
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"{describe(self)}: expected dims to be a permutation of 1 to n without the batch"
                f" axis, got {dims!r}."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: TensorLike):
        return tf.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape):
        input_shape = tf.TensorShape(input_shape)
        return tf.TensorShape([input_shape[axis] for axis in (0, *self.dims)])

    def get_config(self) -> Config:
        return {**super().get_config(), "dims": self.dims}
