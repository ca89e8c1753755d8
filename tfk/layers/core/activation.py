"""Activation layer: an elementwise function as a layer."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import ActivationSetting, settings_config, store_settings
from tfk.saving.registry import register
from tfk.typing import ActivationLike, Config, Shape, TensorLike


@register("layers")
class Activation(Layer):
    """Layer that applies an activation function to its input.

    Args:
        activation: Name such as `"relu"`, or a callable that maps a tensor to a tensor.
    Input shape: Any.
    Output shape: Same as the input.
    >>> Activation("relu")(tf.constant([-1.0, 2.0])).numpy()
    array([0., 2.], dtype=float32)
    """

    keeps_input_dtype = True
    activation = ActivationSetting()

    def __init__(self, activation: ActivationLike, **kwargs):
        super().__init__(**kwargs)
        store_settings(self, activation=activation)
        self.supports_masking = True

    def call(self, inputs: TensorLike):
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), **settings_config(self, "activation")}
