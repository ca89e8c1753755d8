"""Vocabularies given by users and stored in files."""

import collections
import os

import numpy as np
import tensorflow as tf

from tfk.utils.checks import describe
from tfk.utils.loading import reserve

ASSET = "vocabulary.txt"  # name in the assets of a saved model
TOKEN_ELEMENTS = 32  # memory per token, in units of four bytes


def is_path(vocabulary):
    """Return whether a vocabulary is given as the path of a file."""
    return isinstance(vocabulary, (str, os.PathLike))


def as_list(values):
    """Return an array, tensor or other sequence as a list of Python values."""
    if hasattr(values, "numpy"):
        values = values.numpy()
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def vocabulary_tokens(owner, given, special, reserved):
    """Return the tokens of a given vocabulary without leading special tokens.

    Args:
        owner: The layer, for messages.
        given: List of tokens, with or without the special tokens at the front.
        special: List of the special tokens in index order.
        reserved: Tokens that must not occur among the others.
    Raises: ValueError for an empty vocabulary, and for duplicate or reserved tokens.
    """
    if not given:
        raise ValueError(f"{describe(owner)}: the vocabulary is empty.")
    tokens = given[len(special) :] if given[: len(special)] == special else given
    if len(set(tokens)) < len(tokens):
        twice = [token for token, count in collections.Counter(tokens).items() if count > 1]
        raise ValueError(
            f"{describe(owner)}: tokens occur more than once in the vocabulary: {twice[:10]}."
        )
    for token in reserved:
        if token in tokens:
            raise ValueError(
                f"{describe(owner)}: the special token {token!r} is in the middle of the"
                f" vocabulary. Leave out the special tokens, or put them in front as {special}."
            )
    return tokens


def read_text_file(owner, path):
    """Return the lines of a user's file with one token per line, as bytes.

    Raises: ValueError if there is no such file.
    """
    path = os.fspath(path)
    if not tf.io.gfile.exists(path):
        raise ValueError(f"{describe(owner)}: there is no vocabulary file {path}.")
    with tf.io.gfile.GFile(path, "rb") as file:
        return file.read().removesuffix(b"\n").split(b"\n")


def refuse_path(owner, config):
    """Raise ValueError if a config names a vocabulary file: loading a model reads no other local
    file.
    """
    if is_path(config.get("vocabulary")):
        raise ValueError(
            f"{describe(owner)}: the config names a vocabulary file, {config['vocabulary']!r},"
            " which is not read when a layer is created from a config. Put the tokens into the"
            " config as a list, or create the layer directly."
        )


def write_asset(owner, folder, tokens):
    """Write tokens, including special ones, to the assets of a saved model.

    Raises: ValueError for a token with a line break.
    """
    tokens = [str(token) for token in tokens]
    if any("\n" in token for token in tokens):
        raise ValueError(
            f"{describe(owner)}: a token holds a line break, which a vocabulary file cannot."
            " Make a layer with vocabulary=layer.get_vocabulary(): its tokens are stored in"
            " the config."
        )
    with open(os.path.join(folder, ASSET), "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(tokens))


def read_asset(folder):
    """Return the list of strings written by `write_asset`."""
    with open(os.path.join(folder, ASSET), encoding="utf-8", newline="\n") as file:
        text = file.read()
    lines = text.count("\n") + 1
    reserve(f"A vocabulary of {lines} tokens", elements=TOKEN_ELEMENTS * lines)
    return text.split("\n")
