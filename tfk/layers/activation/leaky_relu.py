"""LeakyReLU layer: a small slope below zero."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_number


@register("layers")
class LeakyReLU(Layer):
    """Leaky rectified linear unit: `x` if `x > 0`, else `alpha * x`.

    Args:
        alpha: Slope for negative inputs, at least 0. Defaults to 0.3.
    Input shape: Any.
    Output shape: Same as the input.
    >>> LeakyReLU(alpha=0.5)(tf.constant([-2.0, 3.0])).numpy()
    array([-1.,  3.], dtype=float32)
    """

    def __init__(self, alpha: float = 0.3, **kwargs):
        super().__init__(**kwargs)
        self.alpha = float(check_number(self, "alpha", alpha))
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return tf.nn.leaky_relu(inputs, self.alpha)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha}
