"""Softmax layer: normalized exponentials."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.typing import Config, Ints, Shape, TensorLike
from tfk.utils.logits import attach_logits


@register("layers")
class Softmax(Layer):
    """Softmax activation: `exp(x) / sum(exp(x))` along `axis`.

    Args:
        axis: Axis to normalize along, an integer or a list of integers. Defaults to -1.
        robust_masking: Whether masked scores are replaced by a large negative number, which stays
            exact for large inputs, rather than lowered by one. Defaults to False.
    Call arguments:
        inputs: Tensor of scores.
        mask: Tensor that broadcasts against `inputs`; elements that are False or 0 get probability
            0. Defaults to None.
    Input shape: Any.
    Output shape: Same as the input.
    >>> Softmax()(tf.constant([1.0, 1.0, 1.0]), tf.constant([True, False, True])).numpy()
    array([0.5, 0. , 0.5], dtype=float32)
    """

    def __init__(self, axis: Ints = -1, robust_masking: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
        self.robust_masking = robust_masking
        self.supports_masking = True

    def call(self, inputs: TensorLike, mask: TensorLike = None):
        if mask is not None:
            inputs = mask_scores(inputs, mask, self.robust_masking)
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if len(axes) > 1:
            return tf.exp(inputs - tf.reduce_logsumexp(inputs, axis=axes, keepdims=True))
        outputs = tf.nn.softmax(inputs, axis=axes[0])
        is_last = axes[0] in (-1, inputs.shape.rank and inputs.shape.rank - 1)
        return attach_logits(outputs, inputs, "softmax") if is_last else outputs

    def compute_output_shape(self, input_shape: Shape):
        return tf.TensorShape(input_shape)

    def get_config(self) -> Config:
        config = {**super().get_config(), "axis": self.axis}
        return {**config, "robust_masking": True} if self.robust_masking else config


def mask_scores(scores, mask, replace=False):
    """Lower scores where `mask` is False (or 0) so far that a softmax yields 0 there.

    Args:
        scores: Floating-point tensor.
        mask: Tensor of booleans or numbers that broadcasts against `scores`.
        replace: Whether masked scores are replaced rather than lowered. Defaults to False.
    """
    # float16 overflows at 65504.
    lowest = scores.dtype.min / 2 if scores.dtype == tf.float16 else -1e9
    if not replace:
        return scores + (1.0 - tf.cast(mask, scores.dtype)) * lowest
    kept = mask if mask.dtype == tf.bool else mask > tf.constant(0.5, mask.dtype)
    return tf.where(kept, scores, tf.constant(lowest, scores.dtype))
