"""ActivityRegularization: a penalty on activations."""

import tensorflow as tf

from tfk import regularizers
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike


@register("layers")
class ActivityRegularization(Layer):
    """Layer that returns its input and adds a penalty on it, divided by the batch size, to the
    loss.

    Args:
        l1: Factor of the sum of absolute values, at least 0. Defaults to 0.0.
        l2: Factor of the sum of squares, at least 0. Defaults to 0.0.
    Input shape: Any.
    Output shape: Same as the input.
    >>> layer = ActivityRegularization(l2=0.5)
    >>> layer(tf.constant([[2.0]])).numpy(), float(layer.losses[0])
    (array([[2.]], dtype=float32), 2.0)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return tf.identity(inputs)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}
