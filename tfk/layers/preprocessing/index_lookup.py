"""IndexLookup: base class of layers that map tokens to indices."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfk.layers.preprocessing.categories import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    TF_IDF,
    SparseOutput,
    as_tensor,
    check_output,
    encode,
    encoded_shape,
    map_values,
    output_dtype,
)
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer
from tfk.layers.preprocessing.token_counts import TokenCounts
from tfk.layers.preprocessing.unknown_tokens import UNKNOWN, hash_unknown, refuse_unknown
from tfk.layers.preprocessing.vocabulary import (
    as_list,
    is_path,
    read_asset,
    read_text_file,
    refuse_path,
    vocabulary_tokens,
    write_asset,
)
from tfk.layers.preprocessing.vocabulary_table import make_table
from tfk.saving import copies
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import check_int, describe
from tfk.utils.loading import reserve

MODES = (INT, ONE_HOT, MULTI_HOT, COUNT, TF_IDF)


class IndexLookup(SparseOutput, PreprocessingLayer):
    """Layer that maps tokens to indices and back, with a given vocabulary or one learned by
    `adapt`.

    Indices start with the mask token (only for `"int"`), followed by those for out-of-vocabulary
    tokens, then the vocabulary in order. `adapt` sorts tokens by decreasing frequency, and tokens
    of equal frequency by decreasing value.

    Args:
        max_tokens: Maximum vocabulary size, including special tokens; None for no limit.
        num_oov_indices: Number of out-of-vocabulary indices; with 0, unknown tokens are an error.
        mask_token: Token that marks padding, or None.
        oov_token: Token returned for out-of-vocabulary indices with `invert`.
        vocabulary_dtype: Dtype of the tokens.
        vocabulary: List, array or tensor of tokens, or path of a file with one token per line.
            Defaults to None.
        idf_weights: Weight of each token for `"tf_idf"`. Defaults to None.
        invert: Whether to map indices to tokens. Defaults to False.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`. Defaults to
            `"int"`.
        sparse: Whether to return the rows as a `tf.SparseTensor`. Defaults to False.
        pad_to_max_tokens: Whether rows have length `max_tokens` even if the vocabulary is smaller.
            Defaults to False.
    """

    # TensorFlow would wrap and track every token.
    _UNTRACKED = frozenset(("_counts", "_given_vocabulary", "_given_weights", "_tokens"))

    _tokens: tuple = ()  # the vocabulary without special tokens
    _given_vocabulary: list | tuple | None = None  # as the constructor got it
    _given_weights: list | None = None
    _counts: TokenCounts | None = None  # of the data seen by `adapt` so far

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token,
        oov_token,
        vocabulary_dtype,
        vocabulary=None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = INT,
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs,
    ):
        known_size = kwargs.pop("vocabulary_size", None)
        # Written in files of Keras 2 to indicate that the vocabulary is stored elsewhere.
        is_given = kwargs.pop("has_input_vocabulary", vocabulary is not None)
        kwargs.pop("has_static_table", None)
        kwargs["dtype"] = output_dtype(type(self), kwargs.get("dtype"), output_mode, strict=True)
        super().__init__(**kwargs)
        if max_tokens is not None:
            max_tokens = check_int(self, "max_tokens", max_tokens, minimum=2)
        elif pad_to_max_tokens:
            raise ValueError(f"{describe(self)}: pad_to_max_tokens=True requires max_tokens.")
        self.max_tokens = max_tokens
        self.num_oov_indices = check_int(self, "num_oov_indices", num_oov_indices, minimum=0)
        reserve(f"{describe(self)}: num_oov_indices={num_oov_indices}", elements=num_oov_indices)
        if pad_to_max_tokens and output_mode == TF_IDF:
            reserve(f"{describe(self)}: max_tokens={max_tokens}", elements=max_tokens)
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.vocabulary_dtype = tf.as_dtype(vocabulary_dtype).name
        self.output_mode = check_output(self, output_mode, sparse, MODES)
        if invert and self.output_mode != INT:
            raise ValueError(
                f"{describe(self)}: invert=True goes with output_mode='int', not {output_mode!r}."
            )
        if idf_weights is not None and self.output_mode != TF_IDF:
            raise ValueError(
                f"{describe(self)}: idf_weights go with output_mode='tf_idf', not {output_mode!r}."
            )
        if invert and oov_token is None:
            raise ValueError(
                f"{describe(self)}: invert=True needs an oov_token for numbers without a token."
            )
        self.invert = invert
        self.sparse = sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self._is_given = is_given
        self._known_size = known_size
        if self.output_mode == TF_IDF:
            self.idf_weights = tf.Variable(
                np.zeros(self._first_number),
                shape=(None,),
                dtype=self.compute_dtype,
                trainable=False,
            )
        self._make_table()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            self._given_vocabulary = self._tokens if is_path(vocabulary) else as_list(vocabulary)
            self._given_weights = None if idf_weights is None else as_list(idf_weights)

    # The vocabulary -------------------------------------------------------------------------------

    @property
    def input_vocabulary(self):
        """The vocabulary passed to `__init__`, or None."""
        given = self._given_vocabulary
        return None if given is None else list(given)

    @property
    def _mask_count(self):
        return 1 if self.mask_token is not None and self.output_mode == INT else 0

    @property
    def _first_number(self):
        """Index of the first token of the vocabulary."""
        return self._mask_count + self.num_oov_indices

    @property
    def _special_tokens(self):
        return [self.mask_token] * self._mask_count + [self.oov_token] * self.num_oov_indices

    def vocabulary_size(self):
        """Return the number of tokens, including special ones."""
        return self._first_number + len(self._tokens)

    @property
    def _learns_vocabulary(self):
        return self._given_vocabulary is None

    @property
    def has_learned_vocabulary(self):
        """Whether the vocabulary is not an argument and has to be saved separately."""
        return bool(self._tokens) and self._given_vocabulary is None

    def vocab_size(self):
        """Deprecated alias of `vocabulary_size`."""
        return self.vocabulary_size()

    def get_vocabulary(self, include_special_tokens: bool = True):
        """Return the tokens in index order.

        Args:
            include_special_tokens: Whether to include the mask and out-of-vocabulary tokens at the
                front. Defaults to True.
        """
        tokens = (self._special_tokens if include_special_tokens else []) + list(self._tokens)
        return self._as_public(tokens)

    def _as_public(self, tokens):
        """The tokens in the types that users get."""
        return tokens

    def set_vocabulary(self, vocabulary, idf_weights: Any = None):
        """Set the vocabulary instead of learning it.

        Args:
            vocabulary: List, array or tensor of tokens in order, with or without the special tokens
                at the front; or path of a file with one token per line.
            idf_weights: Weight of each token; required for `"tf_idf"` and not allowed otherwise.
                Defaults to None.

        Raises: ValueError for duplicate tokens, misplaced special tokens, or more than `max_tokens`
            tokens.
        """
        if (idf_weights is not None) != (self.output_mode == TF_IDF):
            raise ValueError(
                f"{describe(self)}: idf_weights are needed with output_mode='tf_idf' and with no"
                f" other; the mode is {self.output_mode!r} and idf_weights are"
                f" {'given' if idf_weights is not None else 'missing'}."
            )
        if tf.is_tensor(vocabulary) and not tf.executing_eagerly():
            raise RuntimeError(
                f"{describe(self)}: a tensor cannot become the vocabulary inside a tf.function."
                " Call set_vocabulary outside of it, or pass a list."
            )
        given = read_text_file(self, vocabulary) if is_path(vocabulary) else as_list(vocabulary)
        if is_path(vocabulary) and self.output_mode == TF_IDF:
            raise ValueError(
                f"{describe(self)}: output_mode='tf_idf' requires the vocabulary as a list, not a"
                " file."
            )
        tokens = self._set_tokens(given)
        if idf_weights is not None:
            weights = np.asarray(idf_weights, dtype=self.compute_dtype)
            if weights.shape != (len(given),):
                raise ValueError(
                    f"{describe(self)}: expected {len(given)} idf_weights, as many as tokens, got"
                    f" the shape {weights.shape}."
                )
            front = (
                [weights.mean()] * (self.vocabulary_size() - len(given))
                if len(tokens) == len(given)
                else []
            )
            self._set_idf_weights(np.concatenate([front, weights]))

    def _set_tokens(self, given):
        reserved = [self.mask_token] if self.mask_token is not None else []
        reserved += [self.oov_token] if self.oov_token is not None and self.invert else []
        given = [self._as_token(token) for token in given]
        tokens = vocabulary_tokens(self, given, self._special_tokens, reserved)
        size = self._first_number + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                f"{describe(self)}: the vocabulary has {size} tokens (special ones included), but"
                f" max_tokens is {self.max_tokens}."
            )
        self._check_size(size)
        self._tokens = tuple(tokens)
        self._make_table()
        self._known_size = size
        return tokens

    def _check_size(self, size):
        """Raise if the vocabulary changes its length once rows of that length have been
        produced.
        """
        if self.output_mode == INT or self.pad_to_max_tokens or self._known_size in (None, size):
            return
        raise RuntimeError(
            f"{describe(self)}: with output_mode={self.output_mode!r} the vocabulary must keep its"
            f" size, {self._known_size}; the new one has {size} tokens. Use pad_to_max_tokens=True,"
            " or create a new layer."
        )

    def _set_idf_weights(self, weights):
        if self.pad_to_max_tokens:
            weights = np.pad(weights, (0, self.max_tokens - len(weights)))
        self.idf_weights.assign(weights)

    def _as_token(self, token):
        """Return a token as a Python value, given an element of a list, array or file."""
        raise NotImplementedError(f"{describe(self)}: a lookup must define _as_token(token).")

    def _make_table(self):
        # Tables have kernels for few types: all integers are int64 internally.
        token_dtype, number_dtype = self._token_dtype, tf.int64
        if self.invert:
            self._key_dtype, self._value_dtype, default = number_dtype, token_dtype, self.oov_token
        else:
            self._key_dtype, self._value_dtype = token_dtype, number_dtype
            default = self._mask_count if self.num_oov_indices == 1 else UNKNOWN
        self.lookup_table = make_table(
            self,
            [self._for_table(token) for token in self._tokens],
            self._first_number,
            self._key_dtype,
            self._value_dtype,
            default,
            self.invert,
        )

    @property
    def _token_dtype(self):
        return tf.string if self.vocabulary_dtype == "string" else tf.int64

    def _for_table(self, token):
        return token

    # Learning it ----------------------------------------------------------------------------------

    @property
    def can_adapt(self):
        return not self._is_given

    def update_state(self, data):
        if self._is_given:
            raise ValueError(f"{describe(self)}: cannot adapt, because a vocabulary was given.")
        if self._counts is None:
            with tf.init_scope():
                self._counts = TokenCounts(self._token_dtype)
        self._counts.add(as_tensor(data, self._token_dtype), of_samples=self.output_mode == TF_IDF)

    def reset_state(self) -> None:
        self._counts = None

    def finalize_state(self):
        counts, self._counts = self._counts, None
        if self._is_given or counts is None:
            return
        special = {
            self._for_table(token)
            for token in (self.mask_token, self.oov_token)
            if token is not None
        }
        tokens = [token for token in counts.ranked() if token not in special]
        if self.max_tokens is not None:
            tokens = tokens[: self.max_tokens - self._first_number]
        if not tokens:
            return
        self._set_tokens(tokens)
        if self.output_mode == TF_IDF:
            weights = counts.idf(tokens).astype(self.compute_dtype)
            self._set_idf_weights(np.concatenate([[weights.mean()] * self._first_number, weights]))

    # Using it -------------------------------------------------------------------------------------

    def call(self, inputs: TensorLike):
        if not self._tokens and (tf.executing_eagerly() or self._row_length is None):
            raise RuntimeError(
                f"{describe(self)}: there is no vocabulary yet. Pass vocabulary, or call adapt or"
                " set_vocabulary first."
            )
        inputs = as_tensor(inputs, self._key_dtype)
        numbers = map_values(self._look_up, inputs)
        if self.invert:
            return tf.cast(numbers, self.vocabulary_dtype)
        if self.output_mode == INT:
            return tf.cast(numbers, self.compute_dtype)
        idf_weights = self.idf_weights if self.output_mode == TF_IDF else None
        return encode(
            numbers,
            self.output_mode,
            self._row_length,
            self.compute_dtype,
            self.sparse,
            idf_weights=idf_weights,
        )

    @property
    def _row_length(self):
        if self.output_mode == INT:
            return 1  # unused
        return self.max_tokens if self.pad_to_max_tokens else self._known_size

    def _look_up(self, inputs):
        found = self.lookup_table.lookup(inputs)
        if self.mask_token is not None:
            found = self._mask(inputs, found)
        if self.invert or self.num_oov_indices == 1:
            return found
        if self.num_oov_indices == 0:
            return refuse_unknown(self, inputs, found)
        return hash_unknown(inputs, found, self.num_oov_indices, first=self._mask_count)

    def _mask(self, inputs, found):
        if self.invert:
            key, value = (
                tf.zeros([], self._key_dtype),
                tf.constant(self.mask_token, self._value_dtype),
            )
        else:
            key = tf.constant(self.mask_token, self._key_dtype)
            # Rows have no column for the mask: an index beyond the row length is dropped.
            value = tf.constant(
                0 if self.output_mode == INT else self._value_dtype.max, self._value_dtype
            )
        return tf.where(tf.equal(inputs, key), value, found)

    def compute_output_shape(self, input_shape: Shape):
        return encoded_shape(input_shape, self.output_mode, self._row_length)

    def compute_output_dtype(self, input_dtypes):
        return tf.as_dtype(self.vocabulary_dtype if self.invert else self.compute_dtype)

    # Saving it ------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary_dtype": self.vocabulary_dtype,
            "idf_weights": None if self._given_weights is None else list(self._given_weights),
            "vocabulary": self.input_vocabulary,
            "vocabulary_size": self._known_size,
        }

    @classmethod
    def from_config(cls, config: Config):
        refuse_path(cls, config)
        return cls(**config)

    def __reduce__(self):
        """Pickle config, values and assets: a lookup table is a resource of this process."""
        return copies.rebuild, (copies.take(self),)

    def save_own_variables(self, store):
        if self.output_mode == TF_IDF:
            store["idf_weights"] = self.idf_weights.numpy()

    def load_own_variables(self, store):
        if self.output_mode == TF_IDF:
            self.idf_weights.assign(np.asarray(store["idf_weights"]))

    def save_assets(self, dir_path):
        """Write a learned vocabulary to a file in the folder; a given one is part of the config."""
        if self._given_vocabulary is not None:
            return  # also before adapt: the file then only holds the special tokens
        write_asset(self, dir_path, self.get_vocabulary())

    def load_vocabulary(self, tokens):
        """Take over what another lookup has learned, unless the vocabulary is an argument.

        Args:
            tokens: The tokens in order; special ones among them are skipped.
        """
        if self._given_vocabulary is None:
            special = self._special_tokens
            self._set_tokens([token for token in tokens if token not in special])

    def load_assets(self, dir_path):
        """Read the files of `save_assets`."""
        if self._given_vocabulary is not None:
            return
        tokens = read_asset(dir_path)[self._first_number :]
        if tokens not in ([], [""]):
            self._set_tokens(tokens)
