"""Softmax layer: scores to probabilities."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.utils.logits import attach_logits


@register("layers")
class Softmax(Layer):
    """Normalizes `exp(x)` to a sum of 1 along `axis`.

    A mask, `True` or 1 for elements that count, takes the others out.

    Args:
        axis: The axis, or several that are normalized together.
        robust_masking: Whether masked elements are replaced by a large negative number (exact for
            large inputs too) in place of having it added.
    Input shape: Any; called as `softmax(x, mask)` with a mask that broadcasts. Output shape: The
        same.
    >>> Softmax()(tf.constant([1.0, 1.0, 1.0]), tf.constant([True, False, True])).numpy()
    array([0.5, 0. , 0.5], dtype=float32)
    """

    def __init__(self, axis=-1, robust_masking=False, **kwargs):
        super().__init__(**kwargs)
        self.axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
        self.robust_masking = robust_masking
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is not None:
            inputs = mask_scores(inputs, mask, self.robust_masking)
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if len(axes) > 1:
            return tf.exp(inputs - tf.reduce_logsumexp(inputs, axis=axes, keepdims=True))
        outputs = tf.nn.softmax(inputs, axis=axes[0])
        is_last = axes[0] in (-1, inputs.shape.rank and inputs.shape.rank - 1)
        return attach_logits(outputs, inputs, "softmax") if is_last else outputs

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape)

    def get_config(self):
        config = {**super().get_config(), "axis": self.axis}
        return {**config, "robust_masking": True} if self.robust_masking else config


def mask_scores(scores, mask, replace=False):
    """Scores that are so low where `mask` is False (or 0) that a softmax gives nothing there.

    Args:
        scores: Tensor of floats.
        mask: Tensor of booleans or numbers that broadcasts against it.
        replace: Whether masked scores are replaced, rather than lowered.
    """
    # float16 overflows at 65504.
    lowest = scores.dtype.min / 2 if scores.dtype == tf.float16 else -1e9
    if not replace:
        return scores + (1.0 - tf.cast(mask, scores.dtype)) * lowest
    kept = mask if mask.dtype == tf.bool else mask > tf.constant(0.5, mask.dtype)
    return tf.where(kept, scores, tf.constant(lowest, scores.dtype))
