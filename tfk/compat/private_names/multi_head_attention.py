"""Private names of `MultiHeadAttention`."""

import string

import tensorflow as tf

from tfk.layers.attention.multi_head_attention import MultiHeadAttention
from tfk.layers.core.weight_settings import weight_arguments

CLASS = MultiHeadAttention


def _build_from_signature(layer, query, value, key=None):
    """Creates the weights for tensors, or shapes, of query, value and key."""

    def shape_of(value):
        return tf.TensorShape(value.shape if hasattr(value, "shape") else value)

    key = value if key is None else key
    layer.build([shape_of(query), shape_of(value), shape_of(key)])


def _equations(layer):
    """Equations of `tf.einsum`: scores from key and query, outputs from scores and value."""
    rank = len(layer._shapes[0]) + 1  # of the projections: (batch, ..., heads, size)
    query = string.ascii_lowercase[:rank]
    others = iter(string.ascii_lowercase[rank:])
    attended = layer._attention_axes
    key = "".join(next(others) if i in attended else x for i, x in enumerate(query))
    batch = "".join(x for i, x in enumerate(query[:-1]) if i not in attended)
    scores = batch + "".join(x[i] for x in (query, key) for i in attended)
    return f"{key},{query}->{scores}", f"{scores},{key}->{query}"


def _masked_softmax(layer, attention_scores, attention_mask=None):
    """The weights of attention; axes for the heads are added to the mask."""
    if attention_mask is not None:
        axis = -2 * len(layer._attention_axes) - 1
        for _ in range(attention_scores.shape.rank - attention_mask.shape.rank):
            attention_mask = tf.expand_dims(attention_mask, axis=axis)
    return layer._softmax(attention_scores, attention_mask)


def _setting(name):
    return property(lambda layer: getattr(layer, name))


_CACHED = "keras-nlp (CachedMultiHeadAttention)"
NAMES = {
    "_build_from_signature": (_build_from_signature, "keras-nlp, keras-cv, tf-models"),
    "_built_from_signature": (property(lambda layer: layer._shapes is not None), _CACHED),
    "_combine_equation": (property(lambda layer: _equations(layer)[1]), _CACHED),
    "_compute_attention": (
        lambda layer, query, key, value, attention_mask=None, training=None: layer._attend(
            query, key, value, attention_mask, training
        ),
        "keras-nlp, tf-models",
    ),
    "_dot_product_equation": (property(lambda layer: _equations(layer)[0]), _CACHED),
    "_masked_softmax": (_masked_softmax, _CACHED),
    **{
        f"_{name}": (_setting(name), "keras-nlp (XLNet), tf-models")
        for part in ("kernel", "bias")
        for name in weight_arguments(part)
    },
}
