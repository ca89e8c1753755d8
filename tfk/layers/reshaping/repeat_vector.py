"""RepeatVector layer."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_int


@register("layers")
class RepeatVector(Layer):
    """Layer that repeats each vector `n` times along a new time axis.

    Args:
        n: Number of repetitions, a non-negative integer.
    Input shape: `(batch, features)`.
    Output shape: `(batch, n, features)`.
    Raises: TypeError or ValueError if `n` is not a non-negative integer.
    >>> RepeatVector(3)(tf.constant([[1.0, 2.0]])).shape
    TensorShape([1, 3, 2])
    """

    keeps_input_dtype = True

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = check_int(self, "n", n, minimum=0)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: TensorLike):
        return tf.repeat(tf.expand_dims(inputs, axis=1), self.n, axis=1)

    def compute_output_shape(self, input_shape: Shape):
        batch, features = tf.TensorShape(input_shape)
        return tf.TensorShape([batch, self.n, features])

    def get_config(self) -> Config:
        return {**super().get_config(), "n": self.n}
