"""Multi-head attention: parallel attention heads, each with separate projections."""

import functools
import math
import string

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.activation.softmax import Softmax
from tfk.layers.core.einsum_dense import EinsumDense
from tfk.layers.core.weight_settings import settings_config, store_settings, weight_arguments
from tfk.layers.regularization.dropout import Dropout
from tfk.saving.copies import fresh_copy
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
from tfk.utils.checks import check_positive_int, check_rate, describe, is_integer
from tfk.utils.conv_arithmetic import normalize_axis
from tfk.utils.masks import get_mask
from tfk.utils.shapes import dynamic_shape, is_shape, to_tuple

LETTERS = string.ascii_lowercase


@register("layers")
class MultiHeadAttention(Layer):
    """Multi-head attention: projects query, key and value per head, attends, and merges the heads.

    Args:
        num_heads: Number of heads, a positive integer.
        key_dim: Size of each head for query and key, a positive integer.
        value_dim: Size of each head for value; None uses `key_dim`. Defaults to None.
        dropout: Probability of dropping an attention weight, in `[0, 1]`. Defaults to 0.0.
        use_bias: Whether the projections have a bias. Defaults to True.
        output_shape: Size or sizes of the last output axes; None uses those of the query. Defaults
            to None.
        attention_axes: Query axes to attend over; None uses all but the first and the last.
            Defaults to None.
        kernel_initializer, bias_initializer: Initializers of the projections, names or objects.
            Default to `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer: Optional regularizers of the projections, names or
            objects. Both default to None.
        activity_regularizer: Optional regularizer of the output of each projection, a name or an
            object. Defaults to None.
        kernel_constraint, bias_constraint: Optional constraints applied to the projections after
            each update. Both default to None.
        softmax_robust_masking: Whether masked scores are replaced rather than lowered. Defaults to
            False.
    Call arguments:
        query: Tensor of shape `(batch, ..., queries, features)`.
        value: Tensor of shape `(batch, ..., keys, features)`.
        key: Tensor of the same shape as `value`; None uses `value`. Defaults to None.
        attention_mask: True or 1 where a query may attend to a key, shape `(batch, queries, keys)`
            or with further leading axes. It is combined with the masks carried by the inputs.
            Defaults to None.
        return_attention_scores: Whether to return the attention weights too. Defaults to False.
        training: Whether to apply dropout; None uses the mode of the surrounding call. Defaults to
            None.
        use_causal_mask: Whether to hide later keys from each query. Defaults to False.
    Input shape: `(batch, ..., features)` for each input; ragged inputs are padded internally.
    Output shape: That of the query, with the last axis given by `output_shape`; the attention
        weights have `(batch, num_heads, queries, keys)`.
    Raises: ValueError if the shapes of query, value and key are incompatible.
    Source: Vaswani et al., 2017, arXiv:1706.03762, section 3.2.2.
    >>> MultiHeadAttention(num_heads=2, key_dim=4)(tf.ones((2, 3, 8)), tf.ones((2, 5, 8))).shape
    TensorShape([2, 3, 8])
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape=None,
        attention_axes: Ints | None = None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike | None = None,
        bias_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        kernel_constraint: ConstraintLike | None = None,
        bias_constraint: ConstraintLike | None = None,
        softmax_robust_masking: bool = False,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._num_heads = check_positive_int(self, "num_heads", num_heads)
        self._key_dim = check_positive_int(self, "key_dim", key_dim)
        self._value_dim = check_positive_int(self, "value_dim", value_dim or key_dim)
        self._dropout = check_rate(self, "dropout", dropout)
        self._use_bias = use_bias
        self._output_shape = output_shape if is_integer(output_shape) else _as_tuple(output_shape)
        self._attention_axes = _as_tuple(attention_axes)
        self._softmax_robust_masking = softmax_robust_masking
        store_settings(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self._shapes = None  # projections of query, value and key, once they are known
        self.supports_masking = True

    def build(self, input_shape: Shape):
        """Create the projections if `input_shape` holds the shapes of query, value and (if given)
        key.
        """
        # A call only passes the query shape here and creates the projections itself.
        if not is_shape(input_shape):
            self._build_from_shapes(*input_shape)

    def _build_from_shapes(self, query, value, key=None):
        query, value, key = (
            tf.TensorShape(shape) for shape in (query, value, value if key is None else key)
        )
        self._shapes = tuple(to_tuple(shape) for shape in (query, value, key))
        heads = self._num_heads
        self._query_dense = self._projection("query", query, 1, (heads, self._key_dim))
        self._key_dense = self._projection("key", key, 1, (heads, self._key_dim))
        self._value_dense = self._projection("value", value, 1, (heads, self._value_dim))
        rank = query.rank + 1  # of the projected query
        axes = self._attention_axes or range(1, rank - 2)
        self._attention_axes = tuple(normalize_axis(axis, query.rank, self) for axis in axes)
        axes = tuple(range(-len(self._attention_axes), 0))
        robust, policy = self._softmax_robust_masking, self.dtype_policy
        self._softmax = Softmax(axis=axes, robust_masking=robust, dtype=policy)
        self._dropout_layer = Dropout(self._dropout, dtype=policy)
        attended = query[:-1] + [heads, self._value_dim]
        sizes = _as_tuple(self._output_shape) or (self.known_dim(query),)
        self._output_dense = self._projection("attention_output", attended, 2, sizes)

    def _projection(self, name, shape, bound, sizes):
        """Return a built EinsumDense that maps the last `bound` axes of `shape` to axes of these
        sizes.
        """
        free = shape.rank - bound
        kept, summed, made = (
            LETTERS[:free],
            LETTERS[free : shape.rank],
            LETTERS[shape.rank :][: len(sizes)],
        )
        layer = EinsumDense(
            f"{kept}{summed},{summed}{made}->{kept}{made}",
            output_shape=[None] * (free - 1) + list(sizes),
            bias_axes=made if self._use_bias else None,
            kernel_initializer=_fresh(self.kernel_initializer),
            bias_initializer=_fresh(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            activity_regularizer=self.activity_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            name=name,
            dtype=self.dtype_policy,
        )
        layer._build_in_scope(shape)
        return layer

    def call(
        self,
        query: TensorLike,
        value,
        key: TensorLike = None,
        attention_mask: TensorLike = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ):
        key = value if key is None else key
        if self._shapes is None:
            self._build_from_shapes(query.shape, value.shape, key.shape)
        lengths = query.nested_row_lengths() if isinstance(query, tf.RaggedTensor) else None
        attention_mask = _combine_masks(query, value, key, attention_mask)
        query, value, key = _pad(query, value, key)
        if use_causal_mask:
            causal = _causal_mask(query, value)
            attention_mask = causal if attention_mask is None else attention_mask & causal
        outputs, scores = self._attend(
            self._query_dense(query),
            self._key_dense(key),
            self._value_dense(value),
            attention_mask,
            training,
        )
        outputs = self._output_dense(outputs)
        if lengths is not None:
            outputs = tf.RaggedTensor.from_tensor(outputs, lengths)
        return (outputs, scores) if return_attention_scores else outputs

    def _attend(self, query, key, value, attention_mask, training):
        """Attend in every head; return values `(batch, ..., queries, heads, value_dim)` and the
        weights.
        """
        count = len(self._attention_axes)
        order = heads_order(query.shape.rank, self._attention_axes)
        query = tf.multiply(query, 1.0 / math.sqrt(self._key_dim))
        # One matrix product per head: several times cheaper than the layout einsum chooses
        # it.
        query, key, value = (tf.transpose(x, order) for x in (query, key, value))
        attended = dynamic_shape(query)[:-1]  # (batch, ..., heads, *queries)
        scores = tf.matmul(_join_axes(query, count), _join_axes(key, count), transpose_b=True)
        shape = (
            attended + dynamic_shape(key)[-1 - count : -1]
        )  # (batch, ..., heads, *queries, *keys)
        scores = scores if count == 1 else tf.reshape(scores, shape)
        if attention_mask is not None:
            # Axes for the heads, before those of queries and keys.
            for _ in range(scores.shape.rank - attention_mask.shape.rank):
                attention_mask = tf.expand_dims(attention_mask, axis=-2 * count - 1)
        scores = self._softmax(scores, attention_mask)
        weights = self._dropout_layer(scores, training=training) if self._dropout else scores
        if count > 1:
            weights = tf.reshape(weights, attended[:-count] + [math.prod(attended[-count:]), -1])
        outputs = tf.matmul(weights, _join_axes(value, count))
        outputs = outputs if count == 1 else tf.reshape(outputs, attended + [self._value_dim])
        back = sorted(range(len(order)), key=order.__getitem__)
        return tf.transpose(outputs, back), scores

    def compute_output_shape(self, query_shape, value_shape=None, key_shape=None):
        query_shape = tf.TensorShape(query_shape)
        if value_shape is not None:
            _check_sizes(self, query_shape, value_shape, key_shape)
        sizes = _as_tuple(self._output_shape)
        return query_shape[:-1] + list(sizes) if sizes else query_shape

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("kernel", "bias", activity=True))
        query, value, key = self._shapes or (None, None, None)
        return {
            **super().get_config(),
            "num_heads": self._num_heads,
            "key_dim": self._key_dim,
            "value_dim": self._value_dim,
            "dropout": self._dropout,
            "use_bias": self._use_bias,
            "output_shape": self._output_shape,
            "attention_axes": self._attention_axes,
            **settings,
            "query_shape": query,
            "key_shape": key,
            "value_shape": value,
            "softmax_robust_masking": self._softmax_robust_masking,
        }

    @classmethod
    def from_config(cls, config: Config):
        config = dict(config)
        query, value, key = (
            config.pop(f"{name}_shape", None) for name in ("query", "value", "key")
        )
        layer = cls(**config)
        if None not in (query, value, key):
            layer.build([query, value, key])
        return layer


def _check_sizes(layer, query, value, key):
    value = tf.TensorShape(value)
    key = value if key is None else tf.TensorShape(key)
    if query[-1] != value[-1]:
        raise ValueError(
            f"{describe(layer)}: query and value must have the same last size, got shapes"
            f" {tuple(query)} and {tuple(value)}."
        )
    if value[1:-1] != key[1:-1]:
        raise ValueError(
            f"{describe(layer)}: value and key must have the same sizes between the first and the"
            f" last, got shapes {tuple(value)} and {tuple(key)}."
        )


def _combine_masks(query, value, key, attention_mask):
    """Combine `attention_mask` with the masks of the inputs: True where all allow a pair."""
    masks = [] if attention_mask is None else [tf.cast(attention_mask, tf.bool)]
    sources = [(query, 2), (value, 1)] + ([] if key is value else [(key, 1)])
    for mask, axis in ((get_mask(tensor), axis) for tensor, axis in sources):
        if mask is not None:
            masks.append(tf.expand_dims(tf.cast(mask, tf.bool), axis))
    return functools.reduce(tf.logical_and, masks) if masks else None


def _causal_mask(query, value):
    """Return `(1, queries, values)`: True where a query may attend to a value, up to its own
    position.
    """
    ones = tf.ones((1, tf.shape(query)[1], tf.shape(value)[1]), tf.bool)
    return tf.linalg.band_part(ones, -1, 0)


def heads_order(rank, axes):
    """Return the permutation that moves the attended axes behind the heads.

    Args:
        rank: Rank of the projected tensors, `(batch, ..., heads, features)`.
        axes: The attended axes.
    >>> heads_order(5, (2,))
    [0, 1, 3, 2, 4]
    """
    others = [axis for axis in range(rank - 2) if axis not in axes]
    return [*others, rank - 2, *axes, rank - 1]


def _join_axes(tensor, count):
    """Merge the `count` attended axes of `(..., *attended, features)` into one."""
    if count == 1:
        return tensor
    sizes = dynamic_shape(tensor)
    return tf.reshape(tensor, sizes[: -1 - count] + [math.prod(sizes[-1 - count : -1]), sizes[-1]])


def _as_tuple(value):
    return (value,) if is_integer(value) else value and tuple(value)


def _fresh(initializer):
    """Copy an initializer: one seeded object would give all weights the same values."""
    if not hasattr(initializer, "get_config"):
        return initializer
    return fresh_copy(initializer)


def _pad(query, value, key):
    """Pad ragged tensors, value and key to the same length."""
    if isinstance(query, tf.RaggedTensor):
        query = query.to_tensor()
    if key is value:
        value = value.to_tensor() if isinstance(value, tf.RaggedTensor) else value
        return query, value, value
    ragged = [isinstance(tensor, tf.RaggedTensor) for tensor in (value, key)]
    if all(ragged):
        steps = tf.maximum(value.bounding_shape()[1], key.bounding_shape()[1])
        value, key = (
            tensor.to_tensor(shape=(None, steps, *tensor.shape[2:])) for tensor in (value, key)
        )
    elif ragged[0]:
        value = value.to_tensor(shape=(None, tf.shape(key)[1], *value.shape[2:]))
    elif ragged[1]:
        key = key.to_tensor(shape=(None, tf.shape(value)[1], *key.shape[2:]))
    return query, value, key
