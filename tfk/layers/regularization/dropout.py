"""Dropout: random elements set to zero during training."""

from collections.abc import Sequence

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.regularization.noise import drop
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_rate, describe
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator, next_seed_of
from tfk.utils.shapes import dynamic_shape


@register("layers")
class Dropout(Layer):
    """Layer that sets random elements to zero during training and scales the rest by `1 / (1 -
    rate)`.

    Args:
        rate: Probability of dropping an element, in `[0, 1]`.
        noise_shape: Shape of the mask, broadcast against the input; None entries take the input
            size. `(None, 1, None)` drops whole features of a `(batch, time, features)` input.
            Defaults to None.
        seed: Integer random seed for reproducible masks. Defaults to None.
    Call arguments:
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
    Input shape: Any.
    Output shape: Same as the input.
    Raises: ValueError if `rate` is out of range or `noise_shape` has more axes than the input.
    Source: Srivastava et al., 2014, JMLR 15.
    >>> Dropout(0.5)(tf.ones((2, 2)), training=False).numpy()
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """

    keeps_input_dtype = True

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
        self.seed_generator = SeedGenerator(seed) if rate > 0 else None

    def call(self, inputs: TensorLike, training: bool | None = None):
        if self.rate == 0:
            return tf.identity(inputs)
        return smart_cond(training, lambda: self._drop(inputs), lambda: tf.identity(inputs))

    def _drop(self, inputs):
        return drop(inputs, self.rate, self._mask_shape(inputs), next_seed_of(self))

    def _mask_shape(self, inputs):
        sizes = dynamic_shape(inputs)
        if self.noise_shape is None:
            return sizes
        if len(self.noise_shape) > len(sizes):
            raise ValueError(
                f"{describe(self)}: noise_shape={self.noise_shape} has more axes than the input of"
                f" shape {tuple(inputs.shape)}."
            )
        # Broadcasting aligns shapes at the end.
        aligned = sizes[len(sizes) - len(self.noise_shape) :]
        return [size if given is None else given for size, given in zip(aligned, self.noise_shape)]

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "rate": self.rate,
            "noise_shape": self.noise_shape,
            "seed": self.seed,
        }
