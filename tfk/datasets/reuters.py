"""Reuters newswires, as lists of word indices with a topic."""

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
    """Load 11,228 newswires of 46 topics.

    Words are indexed by frequency: by default, 4 is the most frequent one, 0 is reserved for
        padding, 1 marks the start and 2 stands for dropped words.

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to
            `"reuters.npz"`.
        num_words: Words with this index or above are replaced; None keeps all (but the last).
            Defaults to None.
        skip_top: Words with a smaller index are replaced. Defaults to 0.
        maxlen: Newswires of this length or longer are dropped; None keeps all. Defaults to None.
        test_split: Fraction of the test set, in [0, 1). Defaults to 0.2.
        seed: Random seed of the shuffling. Defaults to 113.
        start_char: Index inserted at the start of each text; None for nothing. Defaults to 1.
        oov_char: Index that replaces dropped words; None removes them. Defaults to 2.
        index_from: Number added to the rank of each word. Defaults to 3.
        cache_dir: Cache folder to use instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: object arrays of lists of integers, and topics (0 to
        45).

    Raises: ValueError if `maxlen` drops everything; OSError if the file is not available.
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
    """Load the rank of every word of the newswires, from 1 (`load_data` adds `index_from`).

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to
            `"reuters_word_index.json"`.

    Returns:
        A dict from 30,979 words to their ranks.

    >>> words = {rank + 3: word for word, rank in get_word_index().items()}  # doctest: +SKIP
    """
    path = fetch(path, OFFICIAL + "reuters_word_index.json", WORD_INDEX_MD5)
    return json.loads(path.read_text(encoding="utf8"))


def get_label_names():
    """Return the names of the 46 topics, in the order of the labels.

    >>> get_label_names()[3]
    'earn'
    """
    return TOPICS
