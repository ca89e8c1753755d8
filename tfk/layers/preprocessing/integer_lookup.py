"""IntegerLookup layer: integers of any size as numbers without gaps, and back."""

import tensorflow as tf

from tfk.layers.preprocessing.index_lookup import IndexLookup
from tfk.saving.registry import register
from tfk.utils.checks import describe, is_integer


@register("layers")
class IntegerLookup(IndexLookup):
    """Numbers integers by a vocabulary that is given or learned by `adapt`.

    With the defaults 0 stands for all unknown integers and the vocabulary begins with 1; with a
    `mask_token` 0 stands for it, 1 for unknown integers, and the vocabulary begins with 2.

    Args:
        max_tokens: Largest size of the vocabulary, special tokens included; None for no limit.
            Defaults to None.
        num_oov_indices: How many numbers unknown integers share; with 0 they are an error. Defaults
            to 1.
        mask_token: Integer that stands for padding, or None. Defaults to None.
        oov_token: What unknown numbers turn into with `invert`. Defaults to -1.
        vocabulary: List, array or tensor of integers, or path of a file with one a line. Defaults
            to None.
        vocabulary_dtype: Type of the integers. Defaults to `"int64"`.
        idf_weights: Weight of each integer for `"tf_idf"`. Defaults to None.
        invert: Whether numbers are turned back into integers. Defaults to False.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`. Defaults to
            `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
        pad_to_max_tokens: Whether rows are `max_tokens` long whatever the vocabulary. Defaults to
            False.
    Input shape: Any for `"int"`, else at most two axes; also ragged or sparse.
    Output shape: The same for `"int"`, else rows of the size of the vocabulary.
    >>> layer = IntegerLookup(vocabulary=[12, 1138])
    >>> layer([[12, 5, 1138]]).numpy()
    array([[1, 0, 2]])
    """

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token=-1,
        vocabulary=None,
        vocabulary_dtype="int64",
        idf_weights=None,
        invert=False,
        output_mode="int",
        sparse=False,
        pad_to_max_tokens=False,
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

    def _as_token(self, token):
        if isinstance(token, (str, bytes)):  # a line of a file
            try:
                return int(token)
            except ValueError:
                pass
        elif is_integer(token):
            return int(token)
        raise TypeError(f"{describe(self)}: expected integers in the vocabulary, got {token!r}.")
