"""LayerScale: a learned factor per channel, used by ConvNeXt."""

import tensorflow as tf

from tfk import initializers
from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.utils.checks import check_positive_int


# Files state where Keras 2 keeps this class.
@register("layers", module="tf_keras.src.applications.convnext")
class LayerScale(Layer):
    """Layer that multiplies each channel by a learned weight `gamma`.

    Small initial values make a deep network start close to a shallow one.

    Args:
        init_values: Initial value of the weights, a number.
        projection_dim: Number of channels, a positive integer.
    Input shape: `(..., projection_dim)`.
    Output shape: Same as the input.
    Source: Touvron et al., 2021, arXiv:2103.17239.
    >>> LayerScale(0.5, 2)(tf.ones((1, 2))).numpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = check_positive_int(self, "projection_dim", projection_dim)

    def build(self, input_shape):
        initializer = initializers.Constant(self.init_values)
        self.gamma = self.add_weight("gamma", (self.projection_dim,), initializer=initializer)

    def call(self, inputs):
        return inputs * self.gamma

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "init_values": self.init_values,
            "projection_dim": self.projection_dim,
        }
