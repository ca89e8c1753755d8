"""Embedding layer: a trainable lookup table of vectors."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.core.weight_settings import (
    add_set_weight,
    settings_config,
    store_settings,
    weight_arguments,
)
from tfk.saving.registry import register
from tfk.typing import Config, ConstraintLike, InitializerLike, RegularizerLike, Shape, TensorLike
from tfk.utils.checks import check_positive_int, describe
from tfk.utils.index_checks import check_indices


@register("layers")
class Embedding(Layer):
    """Trainable lookup table that maps non-negative integers to vectors.

    Gradients are sparse: a step only updates the rows that were looked up.

    Args:
        input_dim: Number of rows; inputs must be in `[0, input_dim)`.
        output_dim: Size of the vectors, a positive integer.
        embeddings_initializer: Initializer of the table, a name or an object. Defaults to
            `"uniform"`.
        embeddings_regularizer: Optional regularizer of the table, a name or an object. Defaults to
            None.
        activity_regularizer: Optional regularizer of the output, a name or an object. Defaults to
            None.
        embeddings_constraint: Optional constraint applied to the table after each update. Defaults
            to None.
        mask_zero: Whether 0 is padding to be masked in the layers that follow. Defaults to False.
        input_length: Length of the input if it is fixed, an integer or a tuple. Defaults to None.
        sparse: Whether to return a sparse tensor; cannot be combined with `mask_zero`. Defaults to
            False.
    Input shape: `(batch, ...)`, integers (floats are truncated), also sparse or ragged.
    Output shape: `(batch, ..., output_dim)`.
    Raises: ValueError if a size is not positive, if `sparse` and `mask_zero` are both set, or if
        the input does not match `input_length`.
    >>> Embedding(10, 3)(tf.constant([[1, 2, 9, 0]])).shape
    TensorShape([1, 4, 3])
    """

    makes_masks = True  # if mask_zero is set, in which case the layer supports masking

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: InitializerLike = "uniform",
        embeddings_regularizer: RegularizerLike | None = None,
        activity_regularizer: RegularizerLike | None = None,
        embeddings_constraint: ConstraintLike | None = None,
        mask_zero: bool = False,
        input_length=None,
        sparse: bool = False,
        **kwargs,
    ):
        if not {"input_shape", "batch_input_shape"} & kwargs.keys():
            kwargs["input_shape"] = _as_tuple(input_length) or (None,)
        # Floats that hold ids must not lose digits in half precision.
        super().__init__(activity_regularizer=activity_regularizer, **{**kwargs, "autocast": False})
        self.input_dim = check_positive_int(self, "input_dim", input_dim)
        self.output_dim = check_positive_int(self, "output_dim", output_dim)
        self.mask_zero, self.sparse = mask_zero, sparse
        self.input_length = input_length
        if sparse and mask_zero:
            raise ValueError(
                f"{describe(self)}: mask_zero needs a dense output. Pass sparse=False or"
                " mask_zero=False."
            )
        store_settings(
            self,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.supports_masking = bool(mask_zero)

    def build(self, input_shape: Shape):
        self.embeddings = add_set_weight(
            self, "embeddings", (self.input_dim, self.output_dim), autocast=False
        )

    def call(self, inputs: TensorLike):
        if inputs.dtype not in (tf.int32, tf.int64):
            inputs = tf.cast(inputs, tf.int32)
        check_indices(inputs, self.input_dim, f"{describe(self)}: ids")
        if not isinstance(inputs, tf.SparseTensor):
            outputs = tf.nn.embedding_lookup(self.embeddings, inputs)
            outputs = tf.sparse.from_dense(outputs) if self.sparse else outputs
        elif self.sparse:
            outputs = _look_up_sparse(self.embeddings, inputs)
        else:
            outputs = tf.nn.embedding_lookup(self.embeddings, tf.sparse.to_dense(inputs))
        if outputs.dtype.name != self.compute_dtype:
            outputs = tf.cast(outputs, self.compute_dtype)
        return outputs

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return tf.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape):
        input_shape = tf.TensorShape(input_shape)
        if self.input_length is not None:
            lengths = tf.TensorShape(_as_tuple(self.input_length))
            if not lengths.is_compatible_with(input_shape[1:]):
                raise ValueError(
                    f"{describe(self)}: input_length={self.input_length} does not match an input"
                    f" of shape {tuple(input_shape)}."
                )
            input_shape = input_shape[:1] + input_shape[1:].merge_with(lengths)
        return input_shape + [self.output_dim]

    def get_config(self) -> Config:
        settings = settings_config(self, *weight_arguments("embeddings", activity=True))
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "mask_zero": self.mask_zero,
            "input_length": self.input_length,
            **({"sparse": True} if self.sparse else {}),
            **settings,
        }


def _as_tuple(input_length):
    return (
        tuple(input_length)
        if isinstance(input_length, (tuple, list))
        else input_length and (input_length,)
    )


def _look_up_sparse(table, ids):
    """Return the vectors of sparse ids as a sparse tensor with one more axis."""
    width = table.shape[-1]
    values = tf.reshape(tf.nn.embedding_lookup(table, ids.values), (-1,))
    places = tf.repeat(ids.indices, width, axis=0)
    columns = tf.tile(tf.range(width, dtype=tf.int64), [tf.shape(ids.indices)[0]])
    shape = tf.concat([ids.dense_shape, [width]], axis=0)
    return tf.SparseTensor(tf.concat([places, columns[:, tf.newaxis]], axis=1), values, shape)
