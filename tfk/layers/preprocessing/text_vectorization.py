"""TextVectorization layer: texts as token indices or bag-of-words rows."""

import string
from typing import Any

import tensorflow as tf

from tfk import config
from tfk.layers.preprocessing.categories import (
    COUNT,
    INT,
    MULTI_HOT,
    TF_IDF,
    SparseOutput,
    as_tensor,
    check_output,
)
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer
from tfk.layers.preprocessing.string_lookup import StringLookup
from tfk.layers.preprocessing.vocabulary import refuse_path
from tfk.saving import copies
from tfk.saving.configs import deserialize_keras_object
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_positive_int, describe, is_integer
from tfk.utils.loading import reserve

LOWER, STRIP, LOWER_AND_STRIP = "lower", "strip_punctuation", "lower_and_strip_punctuation"
WHITESPACE, CHARACTER = "whitespace", "character"
PUNCTUATION = "[" + "".join("\\" + character for character in string.punctuation) + "]"


@register("layers")
class TextVectorization(SparseOutput, PreprocessingLayer):
    """Layer that standardizes, splits and indexes texts, with optional n-grams.

    `adapt` learns the vocabulary, sorted by decreasing frequency. With `output_mode="int"`, index 0
    is padding and 1 stands for unknown tokens.

    Args:
        max_tokens: Maximum vocabulary size, including special tokens; None for no limit. Defaults
            to None.
        standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`, None, or a
            function that maps a tensor of texts to a tensor of texts. Defaults to
            `"lower_and_strip_punctuation"`.
        split: `"whitespace"`, `"character"`, None (each text is a token), or a function from a
            tensor of texts to a ragged tensor of tokens. Defaults to `"whitespace"`.
        ngrams: Maximum number of words per token, or a tuple of numbers; None for single words.
            Defaults to None.
        output_mode: `"int"` returns token indices in order; `"multi_hot"`, `"count"` and `"tf_idf"`
            return one row per text. Defaults to `"int"`.
        output_sequence_length: Length to pad or truncate to with `"int"`; None pads to the longest
            text of a batch. Defaults to None.
        pad_to_max_tokens: Whether rows have length `max_tokens` even if the vocabulary is smaller.
            Defaults to False.
        vocabulary: List, array or tensor of tokens, or path of a file with one token per line.
            Defaults to None.
        idf_weights: Weight of each token for `"tf_idf"`. Defaults to None.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
        ragged: Whether to return indices as a ragged tensor instead of a padded one. Defaults to
            False.
        encoding: Encoding of texts given as bytes. Defaults to `"utf-8"`.
    Input shape: `(batch,)` or `(batch, 1)`, strings.
    Output shape: `(batch, length)` for `"int"`, else `(batch, vocabulary_size)`.
    Raises: ValueError if arguments are invalid or incompatible, or the input has another shape.
    >>> layer = TextVectorization()
    >>> layer.adapt(["The cat!", "the dog", "a cat", "the end"])
    >>> layer(["The cat sleeps", "dog"]).numpy()
    array([[2, 3, 1],
           [5, 0, 0]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize=LOWER_AND_STRIP,
        split=WHITESPACE,
        ngrams=None,
        output_mode: str = INT,
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary=None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        **kwargs,
    ):
        lookup_options = {
            name: kwargs.pop(name)
            for name in ("has_input_vocabulary", "vocabulary_size")
            if name in kwargs
        }
        dtype = kwargs.pop("dtype", None) or "string"
        if getattr(dtype, "name", dtype) != "string":
            raise ValueError(f"TextVectorization: expected dtype to be string, got {dtype!r}.")
        super().__init__(dtype="string", **kwargs)
        modes = (INT, MULTI_HOT, COUNT, TF_IDF, None)
        self._output_mode = check_output(self, output_mode, sparse, modes)
        self._standardize = self._check_step(
            "standardize", standardize, (LOWER_AND_STRIP, LOWER, STRIP)
        )
        self._split = self._check_step("split", split, (WHITESPACE, CHARACTER))
        self._ngrams = self._check_ngrams(ngrams)
        self._ragged = ragged
        self._encoding = encoding
        if output_sequence_length is not None:
            output_sequence_length = check_positive_int(
                self, "output_sequence_length", output_sequence_length
            )
        self._output_sequence_length = output_sequence_length
        if (ragged or output_sequence_length is not None) and self._output_mode != INT:
            raise ValueError(
                f"{describe(self)}: output_sequence_length and ragged go with output_mode='int',"
                f" not {output_mode!r}."
            )
        if ragged and output_sequence_length is not None:
            raise ValueError(
                f"{describe(self)}: pass output_sequence_length or ragged=True, not both."
            )
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=self._output_mode or INT,
            sparse=sparse,
            encoding=encoding,
            **lookup_options,
        )
        self.sparse = sparse

    def _check_step(self, argument, value, choices):
        if value is None or callable(value) or value in choices:
            return value
        raise ValueError(
            f"{describe(self)}: expected {argument} to be one of {choices}, None or a function, got"
            f" {value!r}."
        )

    def _check_ngrams(self, ngrams):
        if ngrams is None:
            return None
        if is_integer(ngrams):
            reserve(f"{describe(self)}: ngrams={ngrams}", elements=ngrams)
            return ngrams
        if isinstance(ngrams, (tuple, list)) and all(is_integer(n) for n in ngrams):
            return tuple(ngrams)
        raise ValueError(
            f"{describe(self)}: expected ngrams to be a number, a tuple of numbers or None, got"
            f" {ngrams!r}."
        )

    @property
    def can_adapt(self):
        return self._lookup_layer.can_adapt

    def update_state(self, data):
        self._lookup_layer.update_state(self._tokens_of(data))

    def reset_state(self) -> None:
        self._lookup_layer.reset_state()

    def finalize_state(self):
        self._lookup_layer.finalize_state()

    def get_vocabulary(self, include_special_tokens: bool = True):
        """Return the tokens in index order; see `StringLookup.get_vocabulary`."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self):
        """Return the number of tokens, including special ones."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary, idf_weights: Any = None):
        """Set the vocabulary instead of learning it; see `StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def call(self, inputs: TensorLike):
        tokens = self._tokens_of(inputs)
        if self._output_mode is None:
            return tokens
        numbers = self._lookup_layer(tokens)
        if self._output_mode != INT or self._ragged:
            return numbers
        length = self._output_sequence_length
        if isinstance(numbers, tf.RaggedTensor):
            return numbers.to_tensor(shape=(*numbers.shape[:-1], length))
        if length is None:
            return numbers
        numbers = numbers[..., :length]
        missing = length - tf.shape(numbers)[-1]
        return tf.pad(numbers, [[0, 0]] * (numbers.shape.rank - 1) + [[0, missing]])

    def _tokens_of(self, inputs):
        """Standardize, split and join into n-grams."""
        texts = as_tensor(inputs, tf.string)
        if self._standardize in (LOWER, LOWER_AND_STRIP):
            texts = tf.strings.lower(texts)
        if self._standardize in (STRIP, LOWER_AND_STRIP):
            texts = tf.strings.regex_replace(texts, PUNCTUATION, "")
        if callable(self._standardize):
            texts = self._standardize(texts)
        if self._split is not None:
            texts = self._split_texts(texts)
        if self._ngrams is not None:
            widths = tuple(range(1, self._ngrams + 1)) if is_integer(self._ngrams) else self._ngrams
            texts = tf.strings.ngrams(texts, ngram_width=widths, separator=" ")
        return texts

    def _split_texts(self, texts):
        if texts.shape.rank > 1:
            if texts.shape[-1] != 1:
                raise ValueError(
                    f"{describe(self)}: expected texts of shape (batch,) or (batch, 1), got"
                    f" {tuple(texts.shape)}. Use split=None when they are split already."
                )
            texts = tf.squeeze(texts, -1)
        if callable(self._split):
            return self._split(texts)
        if self._split == WHITESPACE:
            return tf.strings.split(texts)
        return tf.strings.unicode_split(texts, "UTF-8")

    def compute_output_shape(self, input_shape: Shape):
        shape = tuple(tf.TensorShape(input_shape))
        if self._split is not None and len(shape) > 1:
            shape = shape[:-1]
        if self._output_mode is None:
            return tf.TensorShape(shape if self._split is None else (*shape, None))
        if self._output_mode == INT:
            if self._split is None and self._output_sequence_length is None:
                return tf.TensorShape(shape)
            leading = shape if self._split is not None else shape[:-1]
            return tf.TensorShape((*leading, self._output_sequence_length))
        if self._split is not None or len(shape) <= 1:
            shape = (*shape, None)
        return self._lookup_layer.compute_output_shape(shape)

    def compute_output_dtype(self, input_dtypes):
        if self._output_mode is None:
            return tf.string
        return tf.int64 if self._output_mode == INT else tf.as_dtype(config.floatx())

    def _output_is_composite(self):
        splits = self._split is not None or self._ngrams is not None
        return (
            self.sparse
            or self._ragged
            or (self._output_mode is None and splits)
            or callable(self._standardize)
        )

    def get_config(self) -> Config:
        lookup = self._lookup_layer
        return {
            **super().get_config(),
            "max_tokens": lookup.max_tokens,
            "standardize": self._standardize,
            "split": self._split,
            "ngrams": self._ngrams,
            "output_mode": self._output_mode,
            "output_sequence_length": self._output_sequence_length,
            "pad_to_max_tokens": lookup.pad_to_max_tokens,
            "sparse": self.sparse,
            "ragged": self._ragged,
            "vocabulary": lookup.input_vocabulary,
            "idf_weights": lookup.get_config()["idf_weights"],
            "encoding": self._encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: Config):
        refuse_path(cls, config)
        config = dict(config)
        for step in ("standardize", "split"):
            if isinstance(config.get(step), dict):
                config[step] = deserialize_keras_object(config[step])
        if config.get("max_tokens") is None:  # Keras 2.4 states True even if there is no maximum
            config["pad_to_max_tokens"] = False
        return cls(**config)

    def save_own_variables(self, store):
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store):
        self._lookup_layer.load_own_variables(store)

    def __reduce__(self):
        """Pickle config, values and assets: a lookup table is a resource of this process."""
        return copies.rebuild, (copies.take(self),)

    def save_assets(self, dir_path):
        """Write a learned vocabulary to a file in the folder; a given one is part of the config."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path):
        """Read the files of `save_assets`."""
        self._lookup_layer.load_assets(dir_path)
