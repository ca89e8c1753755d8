"""ThresholdedReLU layer: identity above a threshold, zero elsewhere."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_number


@register("layers")
class ThresholdedReLU(Layer):
    """Thresholded rectified linear unit: `x` if `x > theta`, else 0.

    Args:
        theta: The threshold, at least 0. Defaults to 1.0.
    Input shape: Any.
    Output shape: Same as the input.
    Source: Konda et al., 2014, arXiv:1402.3337.
    >>> ThresholdedReLU(theta=1.0)(tf.constant([0.5, 1.0, 3.0])).numpy()
    array([0., 0., 3.], dtype=float32)
    """

    def __init__(self, theta: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = float(check_number(self, "theta", theta, minimum=0))
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return inputs * tf.cast(inputs > self.theta, inputs.dtype)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "theta": self.theta}
