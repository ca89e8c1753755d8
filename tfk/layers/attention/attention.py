"""Dot-product attention (Luong)."""

import tensorflow as tf

from tfk.layers.attention.dense_attention import DenseAttention, summed_tanh
from tfk.saving.registry import register
from tfk.utils.checks import check_choice


@register("layers")
class Attention(DenseAttention):
    """`softmax(query @ key^T) @ value`.

    Called on `[query, value]` or `[query, value, key]`, with masks of query and value, and with
    `return_attention_scores=True` to return the weights too, `use_causal_mask=True` so that no
    query sees a later key.

    Args:
        use_scale: Whether to multiply the scores by a factor that is learned.
        score_mode: `"dot"`, or `"concat"` for the sum of `tanh(query + key)`.
        **kwargs: `dropout`, the probability of dropping an attention weight, and those of every
            layer.
    Input shape: `(batch, queries, features)`, `(batch, keys, features)` and, for keys, the same.
    Output shape: `(batch, queries, features of the value)`; the weights have `(batch, queries,
        keys)`.
    Raises: ValueError unless called on a list of two or three tensors.
    Source: Luong et al., 2015, arXiv:1508.04025.
    >>> Attention()([tf.ones((2, 3, 4)), tf.ones((2, 5, 4))]).shape
    TensorShape([2, 3, 4])
    """

    def __init__(self, use_scale=False, score_mode="dot", **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.score_mode = check_choice(self, "score_mode", score_mode, ("dot", "concat"))

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = self.add_weight("scale", (), initializer="ones") if self.use_scale else None
        is_concat = self.score_mode == "concat"
        self.concat_score_weight = (
            self.add_weight("concat_score_weight", (), initializer="ones") if is_concat else None
        )

    def _scores(self, query, key):
        if self.score_mode == "concat":
            return self.concat_score_weight * summed_tanh(query, key, inner=self.scale)
        if self.use_scale:
            query *= self.scale  # smaller than the scores
        return tf.matmul(query, key, transpose_b=True)

    def get_config(self):
        return {**super().get_config(), "use_scale": self.use_scale, "score_mode": self.score_mode}
