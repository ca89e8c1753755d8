"""Splits texts into words, and hashes words to indices."""

import hashlib

PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text, filters=PUNCTUATION, lower: bool = True, split: str = " "):
    """Split a text into words.

    Args:
        input_text: The text.
        filters: Characters to remove; they also separate words. Defaults to punctuation.
        lower: Whether to convert the text to lower case. Defaults to True.
        split: Separator of words. Defaults to `" "`.

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
    text,
    n,
    hash_function=None,
    filters=PUNCTUATION,
    lower: bool = True,
    split: str = " ",
    analyzer=None,
):
    """Hash the words of a text to indices; different words may collide.

    Args:
        text: The text.
        n: Size of the index range: indices are from 1 to `n - 1`.
        hash_function: Function from a word to an integer, or `"md5"`. None uses Python's `hash`,
            which differs between runs. Defaults to None.
        filters: Characters to remove; they also separate words. Defaults to punctuation.
        lower: Whether to convert the text to lower case. Defaults to True.
        split: Separator of words. Defaults to `" "`.
        analyzer: Function that splits the text instead. Defaults to None.

    Returns:
        The list of indices.

    >>> hashing_trick("the cat the dog", 50, "md5")
    [43, 32, 43, 2]
    """
    if hash_function == "md5":
        hash_function = _md5
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [(hash_function or hash)(word) % (n - 1) + 1 for word in words]


def one_hot(
    input_text, n, filters=PUNCTUATION, lower: bool = True, split: str = " ", analyzer=None
):
    """`hashing_trick` with Python's `hash`: indices from 1 to `n - 1` that differ between runs.

    Args:
        input_text: The text.
        n: Size of the index range.
        filters: Characters to remove; they also separate words. Defaults to punctuation.
        lower: Whether to convert the text to lower case. Defaults to True.
        split: Separator of words. Defaults to `" "`.
        analyzer: Function that splits the text instead. Defaults to None.
    >>> len(one_hot("the cat the dog", 50))
    4
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def _md5(word):
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
