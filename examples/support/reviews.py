"""Film reviews: real ones where they are at hand, otherwise made ones in which the order of the
words matters.
"""

import pathlib
import typing

import numpy as np

import tfk

GOOD = (
    "good great brilliant moving clever funny gripping charming superb honest fresh elegant".split()
)
GOOD += "tender witty subtle daring warm touching splendid lively graceful wise vivid".split()
GOOD += ["delightful"]
BAD = "bad awful boring clumsy stupid dull shallow cheap tired lifeless hollow tedious".split()
BAD += "bland messy silly ugly pointless stale lazy noisy hopeless confused feeble dreadful".split()
ASPECTS = "story acting dialogue ending camera music cast hero plot script pace humour".split()
CLAUSES = (
    "the {aspect} was {opinion}",
    "i found the {aspect} {opinion}",
    "what {opinion} {aspect}",
    "its {aspect} seemed {opinion} to me",
)
NEGATIONS = ("not", "hardly", "never", "far from", "anything but")
FILLERS = (
    "we saw it on a rainy tuesday",
    "my brother had chosen it",
    "it runs for two hours",
    "there is a dog in it",
    "the cinema was almost empty",
    "it is set in a small town",
    "the book came out years ago",
    "they filmed it in the north",
)


class Reviews(typing.NamedTuple):
    """Texts with their sentiments: 1 positive, 0 negative."""

    texts: np.ndarray  # (count,) of str
    labels: np.ndarray  # (count,) int32


def make_review(rng, label, denied):
    """A few opinions that agree, some said by denying the opposite, and remarks that say
    nothing.
    """
    parts = list(rng.choice(FILLERS, rng.integers(1, 4), replace=False))
    for aspect in rng.choice(ASPECTS, rng.integers(2, 5), replace=False):
        deny = rng.random() < denied
        opinion = rng.choice(GOOD if bool(label) != deny else BAD)
        if deny:
            opinion = f"{rng.choice(NEGATIONS)} {opinion}"
        parts.append(rng.choice(CLAUSES).format(aspect=aspect, opinion=opinion))
    rng.shuffle(parts)
    return ". ".join(parts)


def make_reviews(count, seed, denied=0.5):
    """Made reviews, half of them positive.

    Args:
        count: How many.
        seed: The same seed makes the same reviews.
        denied: Probability that an opinion is said by denying the opposite ("hardly boring"), from
            0 to 1. With one half an opinion's word alone says nothing about the sentiment.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 2).astype("int32")
    return Reviews(np.array([make_review(rng, label, denied) for label in labels]), labels)


def read_folder(folder):
    """Reviews from text files in `folder/pos` and `folder/neg`, in random order."""
    texts, labels = [], []
    for label, name in enumerate(("neg", "pos")):
        files = sorted(pathlib.Path(folder, name).glob("*.txt"))
        if not files:
            raise SystemExit(f"no text files in {pathlib.Path(folder, name)}")
        texts += [file.read_text(encoding="utf8") for file in files]
        labels += [label] * len(files)
    order = np.random.default_rng(0).permutation(len(texts))
    return Reviews(np.array(texts, object)[order], np.array(labels, "int32")[order])


def decode_imdb(numbers, labels):
    """The texts behind the word numbers of `tfk.datasets.imdb`."""
    words = {rank + 3: word for word, rank in tfk.datasets.imdb.get_word_index().items()}
    texts = [" ".join(words.get(number, "?") for number in review[1:]) for review in numbers]
    return Reviews(np.array(texts, object), np.asarray(labels, "int32"))


def load_reviews(data=None, count=8000, denied=0.5):
    """Reviews to learn from and reviews to be tested on.

    Args:
        data: None for made reviews; "imdb" for the 50,000 of the Internet Movie Database, from the
            folder of data sets; or a folder with `train/pos`, `train/neg`, `test/pos` and
            `test/neg`, a text file a review.
        count: Number of made reviews to learn from; a quarter as many more are for the test.
        denied: For the made reviews, see `make_reviews`.
    """
    if data is None:
        return make_reviews(count, 1, denied), make_reviews(count // 4, 2, denied)
    if data == "imdb":
        return [decode_imdb(*part) for part in tfk.datasets.imdb.load_data()]
    return read_folder(pathlib.Path(data, "train")), read_folder(pathlib.Path(data, "test"))
