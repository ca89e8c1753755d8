"""CategoryEncoding layer: category indices as one-hot, multi-hot or count rows."""

import warnings

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.categories import (
    COUNT,
    MULTI_HOT,
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
from tfk.utils.index_checks import check_indices


@register("layers")
class CategoryEncoding(SparseOutput, Layer):
    """Layer that encodes integers in `[0, num_tokens)` as rows of length `num_tokens`.

    Args:
        num_tokens: Number of categories, a positive integer. It has no default.
        output_mode: `"one_hot"` returns one row per index, `"multi_hot"` one row per sample with
            ones at its indices, `"count"` one row per sample with the number of occurrences.
            Defaults to `"multi_hot"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
    Call arguments:
        inputs: Integer tensor, dense, ragged or sparse.
        count_weights: Weight of each index in the counts, with `output_mode="count"` only; same
            shape as `inputs`. Defaults to None.
    Input shape: `(batch, n)` or `(n,)`.
    Output shape: `(batch, num_tokens)`; `(batch, n, num_tokens)` for `"one_hot"` of several
        indices.
    Raises: ValueError if an argument is invalid; InvalidArgumentError if an index is out of range.
    >>> CategoryEncoding(4, "count")([[0, 1, 1]]).numpy()
    array([[1., 2., 0., 0.]], dtype=float32)
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs,
    ):
        if "max_tokens" in kwargs:
            warnings.warn("CategoryEncoding: max_tokens is the old name of num_tokens.")
            num_tokens = kwargs.pop("max_tokens")
        kwargs["dtype"] = output_dtype(type(self), kwargs.get("dtype"), output_mode)
        super().__init__(**kwargs)
        if num_tokens is None:
            raise ValueError(
                f"{describe(self)}: num_tokens is missing. When the number of categories is not"
                " known, use IntegerLookup."
            )
        self.num_tokens = check_positive_int(self, "num_tokens", num_tokens)
        self.output_mode = check_output(self, output_mode, sparse, (COUNT, ONE_HOT, MULTI_HOT))
        self.sparse = sparse

    def call(self, inputs: TensorLike, count_weights: TensorLike = None):
        inputs = as_tensor(inputs)
        if count_weights is not None:
            if self.output_mode != COUNT:
                raise ValueError(
                    f"{describe(self)}: count_weights go with output_mode='count', not"
                    f" {self.output_mode!r}."
                )
            count_weights = as_tensor(count_weights, self.compute_dtype)
        values = inputs
        if isinstance(inputs, (tf.SparseTensor, tf.RaggedTensor)):
            values = inputs.values if isinstance(inputs, tf.SparseTensor) else inputs.flat_values
        check_indices(values, self.num_tokens, f"{describe(self)}: numbers")
        in_range = (values >= 0) & (values < tf.cast(self.num_tokens, values.dtype))
        problem = (
            f"{describe(self)}: expected numbers from 0 to {self.num_tokens - 1}, got numbers"
            " between"
        )
        # only int32 and strings: other data would put a branch with two functions into the graph.
        extremes = (
            tf.cast(extreme(values), tf.int32) for extreme in (tf.reduce_min, tf.reduce_max)
        )
        check = tf.debugging.Assert(tf.reduce_all(in_range), [problem, *extremes])
        with tf.control_dependencies([check] if check is not None else []):
            return encode(
                inputs,
                self.output_mode,
                self.num_tokens,
                self.compute_dtype,
                self.sparse,
                count_weights,
            )

    def compute_output_shape(self, input_shape: Shape):
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_tokens": self.num_tokens,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
