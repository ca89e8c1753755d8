"""Base class of dot-product and additive attention: masks, softmax and weighted sum."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.activation.softmax import mask_scores
from tfk.layers.regularization.noise import drop
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_rate, describe
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator, next_seed_of
from tfk.utils.shapes import dynamic_shape, is_shape


class DenseAttention(Layer):
    """Base class of attention layers; a subclass defines `_scores(query, key)`."""

    def __init__(
        self, dropout: float = 0.0, causal: bool = False, seed: int | None = None, **kwargs
    ):
        super().__init__(**kwargs)
        self.dropout = check_rate(self, "dropout", dropout)
        self.causal = causal  # the older spelling of use_causal_mask
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if self.dropout > 0 else None
        self.supports_masking = True

    def _scores(self, query, key):
        raise NotImplementedError(
            f"{describe(self)}: an attention layer must define _scores(query, key)."
        )

    def build(self, input_shape: Shape):
        self._check_list(None if is_shape(input_shape) else input_shape)

    def call(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ):
        self._check_list(inputs)
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = self._check_mask(inputs, mask)
        scores = self._scores(query, key)  # (batch, queries, keys)
        allowed = None if value_mask is None else tf.expand_dims(value_mask, axis=-2)
        if self.causal or use_causal_mask:
            past = causal_mask(scores)
            allowed = past if allowed is None else tf.logical_and(allowed, past)
        if allowed is not None:
            scores = mask_scores(scores, allowed)
        weights = tf.nn.softmax(scores)
        if self.dropout > 0:
            kept = weights
            weights = smart_cond(
                training,
                lambda: drop(kept, self.dropout, dynamic_shape(kept), next_seed_of(self)),
                lambda: tf.identity(kept),
            )
        outputs = tf.matmul(weights, value)
        if query_mask is not None:
            outputs *= tf.cast(tf.expand_dims(query_mask, axis=-1), outputs.dtype)
        return (outputs, weights) if return_attention_scores else outputs

    def _check_list(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            got = f"{len(inputs)}" if isinstance(inputs, (list, tuple)) else "one tensor"
            raise ValueError(
                f"{describe(self)}: must be called on a list [query, value] or [query, value, key],"
                f" got {got}."
            )

    def _check_mask(self, inputs, mask):
        """Return the masks of query and value."""
        if mask is None:
            return None, None
        if not isinstance(mask, (list, tuple)) or not 2 <= len(mask) <= len(inputs):
            raise ValueError(
                f"{describe(self)}: expected mask to be a list [query_mask, value_mask], got"
                f" {mask!r}."
            )
        return tuple(None if one is None else tf.cast(one, tf.bool) for one in mask[:2])

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return self._check_mask(inputs, mask)[0]

    def compute_output_shape(self, input_shape: Shape):
        self._check_list(None if is_shape(input_shape) else input_shape)
        query, value = tf.TensorShape(input_shape[0]), tf.TensorShape(input_shape[1])
        return query[:-1] + value[-1:]

    def get_config(self) -> Config:
        config = {**super().get_config(), "dropout": self.dropout}
        config.update({"causal": True} if self.causal else {})
        return config if self.seed is None else {**config, "seed": self.seed}


def causal_mask(scores):
    """Return lower triangular masks of shape `(1, ..., queries, keys)`: True unless the key comes
    later.
    """
    *_, queries, keys = dynamic_shape(scores)
    ones = tf.ones([1] * (scores.shape.rank - 2) + [queries, keys], tf.bool)
    return tf.linalg.band_part(ones, -1, 0)


def summed_tanh(query, key, inner=None, outer=None):
    """Compute `sum(outer * tanh(inner * (q + k)))` for every pair of a query and a key."""
    pairs = tf.expand_dims(query, axis=-2) + tf.expand_dims(
        key, axis=-3
    )  # (batch, queries, keys, features)
    pairs = tf.tanh(pairs if inner is None else inner * pairs)
    if outer is None:
        return tf.reduce_sum(pairs, axis=-1)
    return tf.linalg.matvec(pairs, tf.broadcast_to(outer, pairs.shape[-1:]))
