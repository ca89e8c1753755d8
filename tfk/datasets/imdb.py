"""IMDB movie reviews, as lists of word indices with a sentiment."""

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
    """Load 50,000 movie reviews, half of them positive.

    Words are indexed by frequency: by default, 4 is the most frequent one, 0 is reserved for
        padding, 1 marks the start and 2 stands for dropped words.

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to `"imdb.npz"`.
        num_words: Words with this index or above are replaced; None keeps all (but the last).
            Defaults to None.
        skip_top: Words with a smaller index are replaced. Defaults to 0.
        maxlen: Reviews of this length or longer are dropped; None keeps all. Defaults to None.
        seed: Random seed of the shuffling. Defaults to 113.
        start_char: Index inserted at the start of each text; None for nothing. Defaults to 1.
        oov_char: Index that replaces dropped words; None removes them. Defaults to 2.
        index_from: Number added to the rank of each word. Defaults to 3.
        cache_dir: Cache folder to use instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: object arrays of lists of integers, and labels: 1
        positive, 0 negative.

    Raises: ValueError if `maxlen` drops everything; OSError if the file is not available.
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
    """Load the rank of every word of the reviews, from 1 (`load_data` adds `index_from`).

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to
            `"imdb_word_index.json"`.

    Returns:
        A dict from 88,584 words to their ranks.

    >>> words = {rank + 3: word for word, rank in get_word_index().items()}  # doctest: +SKIP
    """
    path = fetch(path, OFFICIAL + "imdb_word_index.json", WORD_INDEX_MD5)
    return json.loads(path.read_text(encoding="utf8"))
