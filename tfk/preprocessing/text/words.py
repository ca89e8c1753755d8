"""Splitting a text into words, and numbering words by a hash."""

import hashlib

PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text, filters=PUNCTUATION, lower=True, split=" "):
    """Splits a text into words.

    Args:
        input_text: The text.
        filters: Characters that separate words and are left out.
        lower: Whether to turn everything into lower case.
        split: What separates words besides.

    Returns:
        The list of words.

    >>> text_to_word_sequence("The cat, the dog!")
    ['the', 'cat', 'the', 'dog']
    """
    if lower:
        input_text = input_text.lower()
    separated = input_text.translate(str.maketrans(dict.fromkeys(filters, split)))
    return [word for word in separated.split(split) if word]


def hashing_trick(
    text, n, hash_function=None, filters=PUNCTUATION, lower=True, split=" ", analyzer=None
):
    """Numbers the words of a text by a hash: different words may get one number.

    Args:
        text: The text.
        n: Numbers go from 1 to `n - 1`.
        hash_function: Function from a word to an integer, or `"md5"`. None takes Python's `hash`,
            which differs from one run to the next.
        filters: As in `text_to_word_sequence`.
        lower: As in `text_to_word_sequence`.
        split: As in `text_to_word_sequence`.
        analyzer: Function that splits the text instead.

    Returns:
        The list of numbers.

    >>> hashing_trick("the cat the dog", 50, "md5")
    [43, 32, 43, 2]
    """
    if hash_function == "md5":
        hash_function = _md5
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [(hash_function or hash)(word) % (n - 1) + 1 for word in words]


def one_hot(input_text, n, filters=PUNCTUATION, lower=True, split=" ", analyzer=None):
    """`hashing_trick` with Python's `hash`: numbers from 1 to `n - 1` that differ from one run to
    the next.
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def _md5(word):
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
