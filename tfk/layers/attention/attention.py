"""Dot-product attention (Luong et al.)."""

import tensorflow as tf

from tfk.layers.attention.dense_attention import DenseAttention, summed_tanh
from tfk.saving.registry import register
from tfk.typing import Config, Shape
from tfk.utils.checks import check_choice


@register("layers")
class Attention(DenseAttention):
    """Dot-product attention: `softmax(query @ key^T) @ value`.

    Args:
        use_scale: Whether to multiply the scores by a learned factor. Defaults to False.
        score_mode: `"dot"`, or `"concat"` for the sum of `tanh(query + key)`. Defaults to `"dot"`.
        **kwargs: `dropout`, the probability of dropping an attention weight; `seed`; and the
            arguments of `Layer`.
    Call arguments:
        inputs: List `[query, value]` or `[query, value, key]`; the key defaults to the value.
        mask: List `[query_mask, value_mask]` of boolean tensors or None. Defaults to None.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        return_attention_scores: Whether to return the attention weights too. Defaults to False.
        use_causal_mask: Whether to hide later keys from each query. Defaults to False.
    Input shape: `(batch, queries, features)` for the query; `(batch, keys, features)` for value and
        key.
    Output shape: `(batch, queries, value_features)`; the attention weights have `(batch, queries,
        keys)`.
    Raises: ValueError if `score_mode` is unknown, or unless called on a list of two or three
        tensors.
    Source: Luong et al., 2015, arXiv:1508.04025.
    >>> Attention()([tf.ones((2, 3, 4)), tf.ones((2, 5, 4))]).shape
    TensorShape([2, 3, 4])
    """

    def __init__(self, use_scale: bool = False, score_mode: str = "dot", **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.score_mode = check_choice(self, "score_mode", score_mode, ("dot", "concat"))

    def build(self, input_shape: Shape):
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

    def get_config(self) -> Config:
        return {**super().get_config(), "use_scale": self.use_scale, "score_mode": self.score_mode}
