"""Lookup tables between tokens and indices."""

import os
import shutil
import tempfile
import weakref

import tensorflow as tf


def make_table(owner, tokens, offset, key_dtype, value_dtype, default, invert):
    """Return a table from tokens to indices, or from indices to tokens with `invert`.

    The table is initialized from a file if one can hold the tokens: exported models then keep the
        vocabulary as an asset file instead of constants in the graph.

    Args:
        owner: The layer; the file is removed with it.
        tokens: Bytes or integers; the first one has the index `offset`.
        offset: Index of the first token.
        key_dtype: Dtype of the keys.
        value_dtype: Dtype of the values.
        default: Value for unknown keys.
        invert: Whether the keys are indices.
    """
    with tf.init_scope():
        if not tokens:
            return tf.lookup.StaticHashTable(_Nothing(key_dtype, value_dtype), default)
        path = (
            _write(owner, tokens) if _fits_a_file(tokens, key_dtype, value_dtype, invert) else None
        )
        if path is not None:
            line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
            initializer = tf.lookup.TextFileInitializer(
                path,
                key_dtype,
                number if invert else line,
                value_dtype,
                line if invert else number,
                vocab_size=len(tokens),
                value_index_offset=offset,
            )
        else:
            numbers = tf.range(
                offset, offset + len(tokens), dtype=key_dtype if invert else value_dtype
            )
            tokens = tf.constant(tokens, value_dtype if invert else key_dtype)
            pairs = (numbers, tokens) if invert else (tokens, numbers)
            initializer = tf.lookup.KeyValueTensorInitializer(*pairs, key_dtype, value_dtype)
        return tf.lookup.StaticHashTable(initializer, default)


def _fits_a_file(tokens, key_dtype, value_dtype, invert):
    token_dtype, number_dtype = (value_dtype, key_dtype) if invert else (key_dtype, value_dtype)
    if number_dtype != tf.int64 or token_dtype not in (tf.string, tf.int64):
        return False
    # Files have one token per line, and TensorFlow drops carriage returns.
    return token_dtype == tf.int64 or all(t and b"\n" not in t and b"\r" not in t for t in tokens)


def _write(owner, tokens):
    """Return the path of a new file with one token per line, or None if files cannot be written."""
    try:
        folder = tempfile.mkdtemp(prefix="tfk-vocabulary-")
        weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
        path = os.path.join(folder, "vocabulary.txt")
        with open(path, "wb") as file:
            for token in tokens:
                file.write(token if isinstance(token, bytes) else b"%d" % token)
                file.write(b"\n")
    except OSError:
        return None
    return path


class _Nothing(tf.lookup.KeyValueTensorInitializer):
    """Initializer that leaves a table empty and unreadable: no vocabulary has been set."""

    def __init__(self, key_dtype, value_dtype):
        self._types = tf.as_dtype(key_dtype), tf.as_dtype(value_dtype)

    @property
    def key_dtype(self):
        return self._types[0]

    @property
    def value_dtype(self):
        return self._types[1]

    def initialize(self, table):
        pass
