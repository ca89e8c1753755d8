"""Additive and multiplicative Gaussian noise."""

import math

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.regularization.noise import normal
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_number, check_rate
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator


@register("layers")
class GaussianNoise(Layer):
    """Layer that adds Gaussian noise with mean 0 during training.

    Args:
        stddev: Standard deviation of the noise, at least 0.
        seed: Integer random seed for reproducible noise. Defaults to None.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: Any.
    Output shape: Same as the input.
    >>> GaussianNoise(0.1)(tf.ones((2, 2)), training=False).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = check_number(self, "stddev", stddev, minimum=0)
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: TensorLike, training: bool | None = None):
        def noisy():
            return inputs + normal(
                tf.shape(inputs), 0.0, self.stddev, inputs.dtype, self.seed_generator.next_seed()
            )

        return smart_cond(training, noisy, lambda: tf.identity(inputs))

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@register("layers")
class GaussianDropout(Layer):
    """Layer that multiplies by Gaussian noise with mean 1 and variance `rate / (1 - rate)` during
    training.

    Args:
        rate: Dropout rate with the same variance, in `[0, 1]`; 0 and 1 disable the noise.
        seed: Integer random seed for reproducible noise. Defaults to None.
    Call arguments:
        training: Whether to apply the noise; None uses the mode of the surrounding call. Defaults
            to None.
    Input shape: Any.
    Output shape: Same as the input.
    Source: Srivastava et al., 2014, JMLR 15, section 10.
    >>> GaussianDropout(0.5)(tf.ones((2, 2)), training=False).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.rate = check_rate(self, "rate", rate)
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = SeedGenerator(seed)

    def call(self, inputs: TensorLike, training: bool | None = None):
        if not 0 < self.rate < 1:
            return tf.identity(inputs)
        stddev = math.sqrt(self.rate / (1.0 - self.rate))

        def noisy():
            return inputs * normal(
                tf.shape(inputs), 1.0, stddev, inputs.dtype, self.seed_generator.next_seed()
            )

        return smart_cond(training, noisy, lambda: tf.identity(inputs))

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
