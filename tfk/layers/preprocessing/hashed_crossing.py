"""HashedCrossing layer: feature crosses by hashing."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.categories import (
    INT,
    ONE_HOT,
    SparseOutput,
    as_tensor,
    check_output,
    encode,
    encoded_shape,
    output_dtype,
)
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int, describe
from tfk.utils.user_values import as_separate_tensors


@register("layers")
class HashedCrossing(SparseOutput, Layer):
    """Layer that hashes combinations of two or more features to indices.

    Args:
        num_bins: Number of hash buckets; indices are in `[0, num_bins)`.
        output_mode: `"int"` or `"one_hot"`. Defaults to `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
    Input shape: A list of tensors of one shape: `()`, `(batch,)` or `(batch, 1)`; strings or
        integers.
    Output shape: That shape for `"int"`, else rows of `num_bins`.
    Raises: ValueError if there are fewer than two inputs, or if their shapes or types do not match.
    >>> HashedCrossing(num_bins=5)([tf.constant(["A", "B"]), tf.constant([101, 102])]).numpy()
    array([1, 1])
    """

    def __init__(self, num_bins: int, output_mode: str = "int", sparse: bool = False, **kwargs):
        kwargs["dtype"] = output_dtype(type(self), kwargs.get("dtype"), output_mode, strict=True)
        super().__init__(**kwargs)
        self.num_bins = check_positive_int(self, "num_bins", num_bins)
        self.output_mode = check_output(self, output_mode, sparse, (INT, ONE_HOT))
        self.sparse = sparse

    def _as_tensors(self, inputs):
        return as_separate_tensors(inputs)

    def call(self, inputs: TensorLike):
        self._check_number(inputs)
        inputs = [as_tensor(x) for x in inputs]
        self._check_tensors(inputs)
        rank = inputs[0].shape.rank
        columns = [tf.reshape(x, (-1, 1)) for x in inputs]
        numbers = tf.sparse.to_dense(tf.sparse.cross_hashed(columns, self.num_bins))
        numbers = tf.reshape(numbers, ((), (-1,), (-1, 1))[rank])
        return encode(numbers, self.output_mode, self.num_bins, self.compute_dtype, self.sparse)

    def _check_number(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(
                f"{describe(self)}: expected a list of two inputs or more, got {inputs!r}."
            )

    def _check_tensors(self, inputs):
        shapes = [tuple(x.shape) for x in inputs]
        if any(isinstance(x, (tf.RaggedTensor, tf.SparseTensor)) for x in inputs):
            raise ValueError(f"{describe(self)}: expected dense inputs, got ragged or sparse ones.")
        if len(shapes[0]) > 2 or len(shapes[0]) == 2 and shapes[0][1] != 1:
            raise ValueError(
                f"{describe(self)}: expected shapes (), (batch,) or (batch, 1), got {shapes}."
            )
        if any(shape != shapes[0] for shape in shapes):
            raise ValueError(f"{describe(self)}: expected inputs of one shape, got {shapes}.")
        types = [x.dtype.name for x in inputs]
        if not all(x.dtype.is_integer or x.dtype == tf.string for x in inputs):
            raise ValueError(f"{describe(self)}: expected integers or strings, got {types}.")

    def compute_output_shape(self, input_shape: Shape):
        self._check_number(input_shape)
        return encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
