"""Additive attention (Bahdanau et al.)."""

import tensorflow as tf

from tfk.layers.attention.dense_attention import DenseAttention, summed_tanh
from tfk.saving.registry import register
from tfk.typing import Config, Shape


@register("layers")
class AdditiveAttention(DenseAttention):
    """Additive attention: `softmax(sum(scale * tanh(query + key))) @ value`.

    Args:
        use_scale: Whether to learn a scale per feature. Defaults to True.
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
    Output shape: `(batch, queries, features)`; the attention weights have `(batch, queries, keys)`.
    Raises: ValueError unless called on a list of two or three tensors.
    Source: Bahdanau et al., 2014, arXiv:1409.0473.
    >>> AdditiveAttention()([tf.ones((2, 3, 4)), tf.ones((2, 5, 4))]).shape
    TensorShape([2, 3, 4])
    """

    def __init__(self, use_scale: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Shape):
        super().build(input_shape)
        features = self.known_dim(tf.TensorShape(input_shape[1]), axis=-1)
        self.scale = (
            self.add_weight("scale", (features,), initializer="glorot_uniform")
            if self.use_scale
            else None
        )

    def _scores(self, query, key):
        return summed_tanh(query, key, outer=self.scale)

    def get_config(self) -> Config:
        return {**super().get_config(), "use_scale": self.use_scale}
