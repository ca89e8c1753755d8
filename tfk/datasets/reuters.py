"""Reuters newswires, as lists of word ranks with a topic."""

import json

import numpy as np

from tfk.datasets.pickled_arrays import load_lists
from tfk.datasets.splits import check_test_split, shuffled, split
from tfk.datasets.storage import OFFICIAL, fetch
from tfk.datasets.word_ranks import drop_long, encode, num_words_by_any_name

SHA256 = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
WORD_INDEX_MD5 = "4d44cc38712099c9e383dc6e5f11a921"

# By label, from 0.
TOPICS = tuple(
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves"
    " ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin"
    " strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem"
    " dlr gas silver wpi hog lead".split()
)


def load_data(
    path="reuters.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    test_split=0.2,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
    cache_dir=None,
    **kwargs,
):
    """Loads 11,228 newswires of 46 topics.

    Words are numbered by frequency: with the defaults, 4 is the most frequent one, 0 is left free
        for
    padding, 1 marks the start and 2 stands for words left out.

    Args:
        path: Name of the file in the cache folder, or an absolute path.
        num_words: Words with this number or a larger one are left out; None keeps all (but the
            last).
        skip_top: Words with a smaller number are left out.
        maxlen: Newswires of this length or longer are left out; None keeps all.
        test_split: Share of the test set, at least 0 and below 1.
        seed: Of the shuffling.
        start_char: Put in front of each newswire; None for nothing.
        oov_char: Takes the place of words left out; None drops them.
        index_from: Added to the rank of each word.
        cache_dir: The cache folder instead of `~/.keras`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: object arrays of lists of integers, and topics (0 to
        45).

    Raises: ValueError if `maxlen` leaves nothing; OSError when the file is not at hand.
    Source: Reuters-21578, Lewis, 1997.
    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10000)  # doctest: +SKIP
    """
    num_words = num_words_by_any_name("reuters.load_data", num_words, kwargs)
    check_test_split("reuters.load_data", test_split)
    path = fetch(path, OFFICIAL + "reuters.npz", SHA256, cache_dir)
    with np.load(path, allow_pickle=False) as file:
        labels = file["y"]
    texts, labels = shuffled(np.random.RandomState(seed), load_lists(path, "x"), labels)
    texts, labels = drop_long("reuters.load_data", texts, labels, maxlen, start_char)
    x = encode(texts, num_words, skip_top, start_char, oov_char, index_from)
    return split(x, labels, test_split)


def get_word_index(path="reuters_word_index.json"):
    """Loads the rank of every word of the newswires, from 1 (`load_data` adds `index_from`).

    Args:
        path: Name of the file in the cache folder, or an absolute path.

    Returns:
        A dict from 30,979 words to their ranks.

    >>> words = {rank + 3: word for word, rank in get_word_index().items()}  # doctest: +SKIP
    """
    path = fetch(path, OFFICIAL + "reuters_word_index.json", WORD_INDEX_MD5)
    return json.loads(path.read_text(encoding="utf8"))


def get_label_names():
    """Names of the 46 topics, in the order of the labels.

    >>> get_label_names()[3]
    'earn'
    """
    return TOPICS
