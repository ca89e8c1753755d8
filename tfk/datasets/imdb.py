"""IMDB film reviews, as lists of word ranks with a sentiment."""

import json

import numpy as np

from tfk.datasets.pickled_arrays import load_lists
from tfk.datasets.splits import shuffled
from tfk.datasets.storage import OFFICIAL, fetch
from tfk.datasets.word_ranks import drop_long, encode, num_words_by_any_name

SHA256 = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
WORD_INDEX_MD5 = "bfafd718b763782e994055a2d397834f"


def load_data(
    path="imdb.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
    cache_dir=None,
    **kwargs,
):
    """Loads 50,000 film reviews, half of them positive.

    Words are numbered by frequency: with the defaults, 4 is the most frequent one, 0 is left free
        for
    padding, 1 marks the start and 2 stands for words left out.

    Args:
        path: Name of the file in the cache folder, or an absolute path.
        num_words: Words with this number or a larger one are left out; None keeps all (but the
            last).
        skip_top: Words with a smaller number are left out.
        maxlen: Reviews of this length or longer are left out; None keeps all.
        seed: Of the shuffling.
        start_char: Put in front of each review; None for nothing.
        oov_char: Takes the place of words left out; None drops them.
        index_from: Added to the rank of each word.
        cache_dir: The cache folder instead of `~/.keras`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: object arrays of lists of integers, and labels: 1
        positive, 0 negative.

    Raises: ValueError if `maxlen` leaves nothing; OSError when the file is not at hand.
    Source: Maas et al., 2011, ai.stanford.edu/~amaas/data/sentiment.
    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10000)  # doctest: +SKIP
    """
    num_words = num_words_by_any_name("imdb.load_data", num_words, kwargs)
    path = fetch(path, OFFICIAL + "imdb.npz", SHA256, cache_dir)
    with np.load(path, allow_pickle=False) as file:
        labels = {part: file[f"y_{part}"] for part in ("train", "test")}
    generator = np.random.RandomState(seed)
    texts = []
    for part in ("train", "test"):
        shuffled_part = shuffled(generator, load_lists(path, f"x_{part}"), labels[part])
        part_texts, labels[part] = drop_long("imdb.load_data", *shuffled_part, maxlen, start_char)
        texts.append(part_texts)
    x = encode(np.concatenate(texts), num_words, skip_top, start_char, oov_char, index_from)
    count = len(labels["train"])
    return (x[:count], labels["train"]), (x[count:], labels["test"])


def get_word_index(path="imdb_word_index.json"):
    """Loads the rank of every word of the reviews, from 1 (`load_data` adds `index_from`).

    Args:
        path: Name of the file in the cache folder, or an absolute path.

    Returns:
        A dict from 88,584 words to their ranks.

    >>> words = {rank + 3: word for word, rank in get_word_index().items()}  # doctest: +SKIP
    """
    path = fetch(path, OFFICIAL + "imdb_word_index.json", WORD_INDEX_MD5)
    return json.loads(path.read_text(encoding="utf8"))
