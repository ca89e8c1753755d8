"""Hashing layer: indices without a vocabulary."""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.preprocessing.categories import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    SparseOutput,
    as_tensor,
    check_output,
    encode,
    encoded_shape,
    map_values,
    output_dtype,
)
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int, describe


@register("layers")
class Hashing(SparseOutput, Layer):
    """Layer that hashes strings or integers to indices; different values may collide.

    Args:
        num_bins: Number of hash buckets; indices are in `[0, num_bins)`.
        mask_value: Value mapped to index 0, which no other value gets; None for no such value.
            Defaults to None.
        salt: Integer or pair of integers: uses SipHash with this key instead of FarmHash, which
            protects against inputs crafted to collide. Defaults to None.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`. Defaults to `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
    Input shape: Any; strings or integers, also ragged or sparse.
    Output shape: Same as the input for `"int"`, else rows of `num_bins`.
    Raises: ValueError if `num_bins`, `salt` or `output_mode` is invalid.
    Source: Weinberger et al., 2009, arXiv:0902.2206.
    >>> Hashing(num_bins=3)([["A"], ["B"], ["A"]]).numpy().ravel()
    array([1, 0, 1])
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: float | None = None,
        salt=None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs,
    ):
        kwargs["dtype"] = output_dtype(type(self), kwargs.get("dtype"), output_mode)
        super().__init__(**kwargs)
        self.num_bins = check_positive_int(self, "num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = self._check_salt(salt)
        self.output_mode = check_output(self, output_mode, sparse, (INT, ONE_HOT, MULTI_HOT, COUNT))
        self.sparse = sparse

    def _check_salt(self, salt):
        if salt is None:
            return None
        key = (salt, salt) if isinstance(salt, int) else salt
        if (
            not isinstance(key, (tuple, list))
            or len(key) != 2
            or not all(isinstance(k, int) for k in key)
        ):
            raise ValueError(
                f"{describe(self)}: expected salt to be an integer or a pair of them, got {salt!r}."
            )
        return tuple(key)

    def call(self, inputs: TensorLike):
        numbers = map_values(self._hash, as_tensor(inputs))
        return encode(numbers, self.output_mode, self.num_bins, self.compute_dtype, self.sparse)

    def _hash(self, values):
        masked = self.mask_value is not None and self.num_bins > 1
        bins = self.num_bins - 1 if masked else self.num_bins
        text = tf.as_string(values) if values.dtype.is_integer else values
        if self.salt is None:
            numbers = tf.strings.to_hash_bucket_fast(text, bins)
        else:
            numbers = tf.strings.to_hash_bucket_strong(text, bins, self.salt)
        if masked:
            numbers = tf.where(
                tf.equal(values, self.mask_value), tf.zeros_like(numbers), numbers + 1
            )
        return numbers

    def compute_output_shape(self, input_shape: Shape):
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }
