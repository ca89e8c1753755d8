"""IntegerLookup layer: maps integers to consecutive indices and back."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfk.layers.preprocessing.index_lookup import IndexLookup
from tfk.saving.registry import register
from tfk.utils.checks import describe, is_integer


@register("layers")
class IntegerLookup(IndexLookup):
    """Layer that maps integers to indices, with a given vocabulary or one learned by `adapt`.

    By default, index 0 stands for all unknown integers and the vocabulary starts at 1; with a
    `mask_token`, index 0 is the mask, 1 stands for unknown integers and the vocabulary starts at 2.

    Args:
        max_tokens: Maximum vocabulary size, including special tokens; None for no limit. Defaults
            to None.
        num_oov_indices: Number of out-of-vocabulary indices; with 0, unknown integers are an error.
            Defaults to 1.
        mask_token: Integer that marks padding, or None. Defaults to None.
        oov_token: Integer returned for out-of-vocabulary indices with `invert`. Defaults to -1.
        vocabulary: List, array or tensor of integers, or path of a file with one integer per line.
            Defaults to None.
        vocabulary_dtype: Dtype of the integers. Defaults to `"int64"`.
        idf_weights: Weight of each integer for `"tf_idf"`. Defaults to None.
        invert: Whether to map indices back to integers. Defaults to False.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`. Defaults to
            `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
        pad_to_max_tokens: Whether rows have length `max_tokens` even if the vocabulary is smaller.
            Defaults to False.
    Input shape: Any for `"int"`, else at most two axes; also ragged or sparse.
    Output shape: Same as the input for `"int"`, else rows of the vocabulary size.
    Raises: ValueError if arguments are invalid or incompatible; RuntimeError if called without a
        vocabulary.
    >>> layer = IntegerLookup(vocabulary=[12, 1138])
    >>> layer([[12, 5, 1138]]).numpy()
    array([[1, 0, 2]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token=None,
        oov_token=-1,
        vocabulary=None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs,
    ):
        if not tf.as_dtype(vocabulary_dtype).is_integer:
            raise ValueError(
                "IntegerLookup: expected vocabulary_dtype to be an integer type, got"
                f" {vocabulary_dtype!r}."
            )
        max_tokens = kwargs.pop("max_values", max_tokens)  # the names before Keras 2.6
        mask_token = kwargs.pop("mask_value", mask_token)
        oov_token = kwargs.pop("oov_value", oov_token)
        if (
            output_mode != "int"
            and getattr(kwargs.get("dtype"), "name", kwargs.get("dtype")) == "int64"
        ):
            del kwargs["dtype"]  # meant for the input
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=None if mask_token is None else int(mask_token),
            oov_token=None if oov_token is None else int(oov_token),
            vocabulary_dtype=vocabulary_dtype,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            **kwargs,
        )

    def _as_public(self, tokens):
        return [np.int64(token) for token in tokens]

    def _as_token(self, token):
        if isinstance(token, (str, bytes)):  # a line of a file
            try:
                return int(token)
            except ValueError:
                pass
        elif is_integer(token):
            return int(token)
        raise TypeError(f"{describe(self)}: expected integers in the vocabulary, got {token!r}.")
