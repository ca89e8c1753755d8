"""DynamicLookup layer: maps tokens to indices and counts them."""

import os
import random
import string

import numpy as np
import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving.registry import register
from tfk.utils.checks import check_choice, check_positive_int, describe
from tfk.utils.loading import reserve

SPARE = 1.2  # the counting table has this many times the places of the vocabulary
DTYPES = (tf.string, tf.int32, tf.int64)
LENGTH = 10  # of random strings


@register("layers.experimental")
class DynamicLookup(Layer):
    """Layer that maps tokens to indices and counts the tokens it sees.

    The counts show which tokens a new vocabulary should hold (`get_top_vocabulary`). When their
    table is full, the least frequent tokens make room for new ones.

    Args:
        vocabulary_size: Number of tokens; unknown ones get this number.
        initial_vocabulary: Tensor or list of that many tokens, or a dtype (`tf.string`, `tf.int32`
            or `tf.int64`) to begin with random ones.
        eviction_policy: `"LFU"`: the least frequently used tokens go. Defaults to `"LFU"`.
    Input shape: Any, tokens. `learn_vocab=False`, an argument of the call, leaves the counts alone.
    Output shape: The same, int64.
    >>> layer = DynamicLookup(2, tf.constant(["apple", "banana"]))
    >>> layer(tf.constant(["banana", "cherry"])).numpy()
    array([1, 2])
    """

    def __init__(self, vocabulary_size, initial_vocabulary, eviction_policy="LFU", **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size = check_positive_int(self, "vocabulary_size", vocabulary_size)
        reserve(f"{describe(self)} of {vocabulary_size} tokens", elements=32 * vocabulary_size)
        self.eviction_policy = check_choice(self, "eviction_policy", eviction_policy, ("LFU",))
        self.initial_vocabulary = self._first_tokens(initial_vocabulary)
        self.vocabulary_dtype = self.initial_vocabulary.dtype
        self.internal_table_size = int(self.vocabulary_size * SPARE)
        room = self.internal_table_size - self.initial_vocabulary.shape[0]
        # A place of the table is free while its count is -1.
        self.vocabulary_table_keys = tf.Variable(
            tf.concat([self.initial_vocabulary, self._blanks(room)], 0),
            trainable=False,
            name="vocabulary_table_keys",
        )
        self.vocabulary_table_values = tf.Variable(
            np.repeat([0, -1], [self.initial_vocabulary.shape[0], room]).astype("int32"),
            trainable=False,
            name="vocabulary_table_values",
        )

    def _first_tokens(self, given):
        if isinstance(given, (list, tuple, np.ndarray)):
            given = tf.constant(given)
        if not tf.is_tensor(given):
            if given not in DTYPES:
                raise ValueError(
                    f"{describe(self)}: expected initial_vocabulary to be tokens, or tf.string,"
                    f" tf.int32 or tf.int64, got {given!r}."
                )
            given = self._random_tokens(given)
        if given.dtype not in DTYPES or given.shape != (self.vocabulary_size,):
            raise ValueError(
                f"{describe(self)}: expected {self.vocabulary_size} strings or integers, got"
                f" {given.dtype.name} of shape {tuple(given.shape)}."
            )
        return given

    def _random_tokens(self, dtype):
        if dtype == tf.string:
            return tf.constant(
                [
                    "".join(random.choices(string.ascii_letters, k=LENGTH))
                    for _ in range(self.vocabulary_size)
                ]
            )
        return tf.random.uniform([self.vocabulary_size], maxval=self.vocabulary_size, dtype=dtype)

    def _blanks(self, count):
        return tf.fill(
            [count],
            tf.constant("" if self.vocabulary_dtype == tf.string else -1, self.vocabulary_dtype),
        )

    def build(self, input_shape):
        tokens = self.initial_vocabulary
        self.vocabulary = self.add_weight(
            "vocabulary",
            tokens.shape,
            dtype=self.vocabulary_dtype,
            initializer=lambda shape, dtype=None: tokens,
            trainable=False,
        )

    def call(self, inputs, learn_vocab=True):
        tokens = tf.cast(tf.reshape(inputs, [-1]), self.vocabulary_dtype)
        if learn_vocab:
            self.update_internal_vocabulary(tf.unique(tokens)[0])
        matches = tf.equal(tokens[:, tf.newaxis], self.vocabulary)
        unknown = tf.constant(self.vocabulary_size, tf.int64)
        numbers = tf.where(tf.reduce_any(matches, -1), tf.argmax(matches, -1), unknown)
        return tf.reshape(numbers, tf.shape(inputs))

    def update_internal_vocabulary(self, unique):
        """Count tokens, each of them once; return them."""
        is_taken = self.vocabulary_table_values >= 0
        keys = tf.boolean_mask(self.vocabulary_table_keys, is_taken)
        counts = tf.boolean_mask(self.vocabulary_table_values, is_taken)
        new = tf.sets.difference(unique[tf.newaxis], keys[tf.newaxis]).values[
            : self.internal_table_size
        ]
        too_many = tf.maximum(tf.size(keys) + tf.size(new) - self.internal_table_size, 0)
        rarest = tf.argsort(counts, stable=True)[:too_many]
        stays = tf.tensor_scatter_nd_update(
            tf.ones_like(counts, tf.bool), rarest[:, tf.newaxis], tf.zeros_like(rarest, tf.bool)
        )
        keys, counts = tf.boolean_mask(keys, stays), tf.boolean_mask(counts, stays)
        counts += tf.cast(tf.reduce_any(tf.equal(keys[:, tf.newaxis], unique), -1), tf.int32)
        room = self.internal_table_size - tf.size(keys) - tf.size(new)
        self.vocabulary_table_keys.assign(tf.concat([keys, new, self._blanks(room)], 0))
        self.vocabulary_table_values.assign(
            tf.concat([counts, tf.ones_like(new, tf.int32), tf.fill([room], -1)], 0)
        )
        return unique

    def get_top_vocabulary(self, k):
        """Return the `k` most frequent tokens, the most frequent first."""
        _, places = tf.math.top_k(self.vocabulary_table_values, min(k, self.internal_table_size))
        return tf.gather(self.vocabulary_table_keys, places)

    def get_vocabulary(self):
        """Return the vocabulary that numbers the tokens."""
        return self.vocabulary

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape)

    def compute_output_dtype(self, input_dtypes):
        return tf.int64

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "initial_vocabulary": _as_plain(self.initial_vocabulary),
            "eviction_policy": self.eviction_policy,
        }

    def save_assets(self, dir_path):
        """Write the vocabulary to a file in the folder, one token per line, for reference."""
        with open(os.path.join(dir_path, "vocabulary.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(map(str, _as_plain(self.vocabulary))))


def _as_plain(tokens):
    """A list of strings or integers."""
    return [t.decode() if isinstance(t, bytes) else t for t in tokens.numpy().tolist()]
