"""StringLookup layer: maps strings to indices and back."""

from typing import Any

from tfk.layers.preprocessing.index_lookup import IndexLookup
from tfk.saving.registry import register
from tfk.typing import Config
from tfk.utils.checks import describe


@register("layers")
class StringLookup(IndexLookup):
    """Layer that maps strings to indices, with a given vocabulary or one learned by `adapt`.

    By default, index 0 stands for all unknown strings and the vocabulary starts at 1; with a
    `mask_token`, index 0 is the mask, 1 stands for unknown strings and the vocabulary starts at 2.

    Args:
        max_tokens: Maximum vocabulary size, including special tokens; None for no limit. Defaults
            to None.
        num_oov_indices: Number of out-of-vocabulary indices; with 0, unknown strings are an error.
            Defaults to 1.
        mask_token: String that marks padding, or None. Defaults to None.
        oov_token: String returned for out-of-vocabulary indices with `invert`. Defaults to
            `"[UNK]"`.
        vocabulary: List, array or tensor of strings, or path of a file with one string per line.
            Defaults to None.
        idf_weights: Weight of each string for `"tf_idf"`. Defaults to None.
        encoding: Encoding of strings given as bytes. Defaults to `"utf-8"`.
        invert: Whether to map indices back to strings. Defaults to False.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`. Defaults to
            `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
        pad_to_max_tokens: Whether rows have length `max_tokens` even if the vocabulary is smaller.
            Defaults to False.
    Input shape: Any for `"int"`, else at most two axes; also ragged or sparse.
    Output shape: Same as the input for `"int"`, else rows of the vocabulary size.
    Raises: ValueError if arguments are invalid or incompatible; RuntimeError if called without a
        vocabulary.
    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer([["a", "c", "b"]]).numpy()
    array([[1, 0, 2]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token=None,
        oov_token: str = "[UNK]",
        vocabulary=None,
        idf_weights: Any = None,
        encoding: str = "utf-8",
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs,
    ):
        if getattr(kwargs.get("dtype"), "name", kwargs.get("dtype")) == "string":
            del kwargs["dtype"]  # meant for the input; the dtype is that of the numbers
        self.encoding = encoding
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary_dtype="string",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            **kwargs,
        )

    def _as_token(self, token):
        if isinstance(token, bytes):
            return token.decode(self.encoding)
        if not isinstance(token, str):
            raise TypeError(f"{describe(self)}: expected strings in the vocabulary, got {token!r}.")
        return str(token)

    def _for_table(self, token):
        return token.encode(self.encoding)

    def get_config(self) -> Config:
        config = {**super().get_config(), "encoding": self.encoding}
        del config["vocabulary_dtype"]
        return config
