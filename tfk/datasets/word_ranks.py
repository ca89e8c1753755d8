"""Texts as lists of word ranks: the options that imdb and reuters share."""

from itertools import chain

import numpy as np


def num_words_by_any_name(owner, num_words, kwargs):
    """Return the value of `num_words`, which may be passed under its old name `nb_words`."""
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise TypeError(f"{owner}: got unexpected keyword arguments: {', '.join(sorted(kwargs))}.")
    return num_words


def drop_long(owner, texts, labels, maxlen, start_char):
    """Leave out the texts of `maxlen` words or more, the start mark counted; None keeps all."""
    if not maxlen:
        return texts, labels
    lengths = _lengths(texts) + (start_char is not None)
    kept = lengths < maxlen  # strictly, as in Keras 2
    if not kept.any():
        raise ValueError(f"{owner}: no text is shorter than maxlen={maxlen}. Increase maxlen.")
    return texts[kept], labels[kept]


def encode(texts, num_words, skip_top, start_char, oov_char, index_from):
    """Shift the ranks, marks the starts and replaces the words that are left out.

    Args:
        texts: Object array of lists of ranks.
        num_words: Ranks from here on are left out, after the shift. None takes the largest rank,
            which is then left out itself: as in Keras 2.
        skip_top: Ranks below are left out.
        start_char: Put before every text; None for nothing.
        oov_char: Takes the place of what is left out; None for nothing.
        index_from: Added to every rank.

    Returns:
        Object array of lists.
    """
    lengths = _lengths(texts)
    ranks = np.fromiter(chain.from_iterable(texts), np.int64, lengths.sum()) + (index_from or 0)
    if start_char is not None:
        ranks = np.insert(ranks, np.cumsum(lengths) - lengths, start_char)
        lengths = lengths + 1
    ends = np.cumsum(lengths)
    kept = (ranks >= skip_top) & (ranks < (num_words or ranks.max()))
    if oov_char is not None:
        ranks[~kept] = oov_char
    else:
        ranks, ends = ranks[kept], np.cumsum(kept)[ends - 1]
    ranks, ends = ranks.tolist(), ends.tolist()
    return np.array([ranks[start:end] for start, end in zip([0, *ends], ends)], dtype="object")


def _lengths(texts):
    return np.fromiter(map(len, texts), np.int64, len(texts))
