"""ELU layer: exponential linear unit."""

import tensorflow as tf

from tfk import activations
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_number


@register("layers")
class ELU(Layer):
    """Exponential linear unit: `x` if `x > 0`, else `alpha * (exp(x) - 1)`.

    Args:
        alpha: Scale of the negative part, which saturates at `-alpha`. Defaults to 1.0.
    Input shape: Any.
    Output shape: Same as the input.
    Source: Clevert et al., 2016, arXiv:1511.07289.
    >>> ELU()(tf.constant([-100.0, 2.0])).numpy()
    array([-1.,  2.], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = float(check_number(self, "alpha", alpha))
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return activations.elu(inputs, self.alpha)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "alpha": self.alpha}
