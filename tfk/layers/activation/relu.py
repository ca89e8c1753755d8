"""ReLU layer: rectified linear unit, optionally leaky, capped or thresholded."""

import tensorflow as tf

from tfk import activations
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_number


@register("layers")
class ReLU(Layer):
    """Rectified linear unit; `max(x, 0)` by default.

    Args:
        max_value: Upper bound of the output, at least 0; None for no bound. Defaults to None.
        negative_slope: Slope below `threshold`, at least 0. Defaults to 0.0.
        threshold: Inputs below this value are set to zero or scaled by `negative_slope`; at least
            0. Defaults to 0.0.
    Input shape: Any.
    Output shape: Same as the input.
    >>> ReLU(max_value=6.0, negative_slope=0.5)(tf.constant([-2.0, 3.0, 8.0])).numpy()
    array([-1.,  3.,  6.], dtype=float32)
    """

    def __init__(
        self, max_value=None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.max_value = (
            None
            if max_value is None
            else float(check_number(self, "max_value", max_value, minimum=0))
        )
        self.negative_slope = float(check_number(self, "negative_slope", negative_slope, minimum=0))
        self.threshold = float(check_number(self, "threshold", threshold, minimum=0))
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }
