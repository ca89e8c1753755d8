"""PReLU layer: leaky ReLU with learned slopes."""

import tensorflow as tf

from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.saving.registry import register
from tfk.typing import (
    Config,
    ConstraintLike,
    InitializerLike,
    Ints,
    RegularizerLike,
    Shape,
    TensorLike,
)
from tfk.utils.checks import is_integer


@register("layers")
class PReLU(Layer):
    """Parametric rectified linear unit: `x` if `x > 0`, else `alpha * x`, with a learned `alpha`
    per element of a sample.

    Args:
        alpha_initializer: Initializer of `alpha`, a name or an object. Defaults to `"zeros"`.
        alpha_regularizer: Optional regularizer of `alpha`, a name or an object. Defaults to None.
        alpha_constraint: Optional constraint applied to `alpha` after each update. Defaults to
            None.
        shared_axes: Axes (counted with the batch, from 1) along which all elements share one
            `alpha`; `(1, 2)` for one per channel of an image. Defaults to None.
    Input shape: `(batch, ...)`; the sizes of axes that are not shared must be known.
    Output shape: Same as the input.
    Source: He et al., 2015, arXiv:1502.01852.
    >>> PReLU(alpha_initializer="ones")(tf.constant([[-2.0, 3.0]])).numpy()
    array([[-2.,  3.]], dtype=float32)
    """

    def __init__(
        self,
        alpha_initializer: InitializerLike = "zeros",
        alpha_regularizer: RegularizerLike | None = None,
        alpha_constraint: ConstraintLike | None = None,
        shared_axes: Ints | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        store_settings(
            self,
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
        )
        self.shared_axes = (
            (shared_axes,) if is_integer(shared_axes) else shared_axes and tuple(shared_axes)
        )
        self.supports_masking = True

    def build(self, input_shape: Shape):
        rank = input_shape.rank
        shared = {axis % rank for axis in self.shared_axes or ()}
        own = {
            axis: self.known_dim(input_shape, axis) for axis in range(1, rank) if axis not in shared
        }
        self.alpha = add_set_weight(self, "alpha", [own.get(axis, 1) for axis in range(1, rank)])
        self.input_spec = InputSpec(ndim=rank, axes=own)

    def call(self, inputs: TensorLike):
        return tf.nn.relu(inputs) - self.alpha * tf.nn.relu(-inputs)

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("alpha"))
        shared = None if self.shared_axes is None else list(self.shared_axes)
        return {**super().get_config(), **settings, "shared_axes": shared}
