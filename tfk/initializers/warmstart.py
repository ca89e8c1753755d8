"""Embeddings for a vocabulary that has changed."""

import os

import numpy as np
import tensorflow as tf

from tfk import initializers


def warmstart_embedding_matrix(
    base_vocabulary, new_vocabulary, base_embeddings, new_embeddings_initializer="uniform"
):
    """Return a table of embeddings for a new vocabulary that keeps the vectors of the known tokens.

    Args:
        base_vocabulary: The tokens that `base_embeddings` has vectors for: a list, an array, a
            tensor, or the path of a file with one token a line.
        new_vocabulary: The tokens of the new table, in the same forms.
        base_embeddings: Array, tensor or variable `(tokens, size)`.
        new_embeddings_initializer: Gives the vectors of the tokens that are new. Defaults to
            `"uniform"`.
    Returns: A tensor `(new tokens, size)`.
    Raises: ValueError for a vocabulary that is empty or has another form.
    >>> trained = np.array([[1.0], [2.0]])
    >>> warmstart_embedding_matrix(["a", "b"], ["b", "c"], trained, "zeros").numpy()
    array([[2.],
           [0.]])
    """
    rows = {token: row for row, token in enumerate(_tokens("base_vocabulary", base_vocabulary))}
    tokens = _tokens("new_vocabulary", new_vocabulary)
    size, dtype = base_embeddings.shape[1], base_embeddings.dtype
    table = initializers.get(new_embeddings_initializer)(shape=(len(tokens), size), dtype=dtype)
    known = [(place, rows[token]) for place, token in enumerate(tokens) if token in rows]
    if not known:
        return tf.convert_to_tensor(table)
    places, sources = zip(*known)
    vectors = tf.gather(base_embeddings, sources)
    return tf.tensor_scatter_nd_update(table, tf.expand_dims(places, 1), vectors)


def _tokens(argument, vocabulary):
    if tf.is_tensor(vocabulary):
        vocabulary = vocabulary.numpy()
    if isinstance(vocabulary, (str, os.PathLike)):
        path = os.fspath(vocabulary)
        if not tf.io.gfile.exists(path):
            raise ValueError(
                f"warmstart_embedding_matrix: {argument}: there is no file {vocabulary}."
            )
        with tf.io.gfile.GFile(path, "r") as file:
            vocabulary = file.read().splitlines()
    if not isinstance(vocabulary, (np.ndarray, tuple, list)):
        raise ValueError(
            f"warmstart_embedding_matrix: expected {argument} to be a list, an array, a tensor or"
            f" the path of a text file, got {type(vocabulary).__name__}."
        )
    if len(vocabulary) == 0:
        raise ValueError(f"warmstart_embedding_matrix: {argument} has no tokens.")
    return [token.decode() if isinstance(token, bytes) else token for token in vocabulary]
