"""Alpha dropout: dropout that preserves the mean and variance of SELU activations."""

import math
from collections.abc import Sequence

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.regularization.noise import keep_mask
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_rate
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator
from tfk.utils.shapes import dynamic_shape

# The limit of SELU for large negative inputs: -scale * alpha of Klambauer et al.
SATURATION = -1.0507009873554805 * 1.6732632423543772


@register("layers")
class AlphaDropout(Layer):
    """Dropout for SELU networks: preserves the mean and variance of its input.

    During training, random elements are set to the saturation value of SELU and all are rescaled.

    Args:
        rate: Probability of dropping an element, in `[0, 1]`; 0 and 1 disable dropout.
        noise_shape: Shape of the mask, broadcast against the input; None uses the input shape.
            Defaults to None.
        seed: Integer random seed for reproducible masks. Defaults to None.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: Any.
    Output shape: Same as the input.
    Source: Klambauer et al., 2017, arXiv:1706.02515.
    >>> AlphaDropout(0.5)(tf.ones((2, 2)), training=False).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.rate = check_rate(self, "rate", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: TensorLike, training: bool | None = None):
        if not 0 < self.rate < 1:
            return tf.identity(inputs)
        # a and b restore mean and variance: equation 6 of the paper.
        a = 1.0 / math.sqrt((1.0 - self.rate) * (1.0 + self.rate * SATURATION**2))
        b = -a * SATURATION * self.rate

        def dropped():
            shape = dynamic_shape(inputs) if self.noise_shape is None else self.noise_shape
            kept = keep_mask(shape, self.rate, self.seed_generator.next_seed())
            return a * tf.where(kept, inputs, tf.constant(SATURATION, inputs.dtype)) + b

        return smart_cond(training, dropped, lambda: tf.identity(inputs))

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        config = {**super().get_config(), "rate": self.rate, "seed": self.seed}
        return config if self.noise_shape is None else {**config, "noise_shape": self.noise_shape}
