"""Additive attention (Bahdanau)."""

import tensorflow as tf

from tfk.layers.attention.dense_attention import DenseAttention, summed_tanh
from tfk.saving.registry import register


@register("layers")
class AdditiveAttention(DenseAttention):
    """`softmax(sum(scale * tanh(query + key))) @ value`.

    Called like `Attention`.

    Args:
        use_scale: Whether to learn a factor for each feature.
        **kwargs: `dropout`, the probability of dropping an attention weight, and those of every
            layer.
    Input shape: `(batch, queries, features)`, `(batch, keys, features)` and, for keys, the same.
    Output shape: `(batch, queries, features)`; the weights have `(batch, queries, keys)`.
    Raises: ValueError unless called on a list of two or three tensors.
    Source: Bahdanau et al., 2014, arXiv:1409.0473.
    >>> AdditiveAttention()([tf.ones((2, 3, 4)), tf.ones((2, 5, 4))]).shape
    TensorShape([2, 3, 4])
    """

    def __init__(self, use_scale=True, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape):
        super().build(input_shape)
        features = self.known_dim(tf.TensorShape(input_shape[1]), axis=-1)
        self.scale = (
            self.add_weight("scale", (features,), initializer="glorot_uniform")
            if self.use_scale
            else None
        )

    def _scores(self, query, key):
        return summed_tanh(query, key, outer=self.scale)

    def get_config(self):
        return {**super().get_config(), "use_scale": self.use_scale}
