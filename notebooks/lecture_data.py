"""The data of the notebooks: the real ones where they are at hand or can be downloaded, otherwise
data of the same form.
"""

import functools
import os
import urllib.error
import urllib.request

import numpy as np

import tfk

SERVER = "https://storage.googleapis.com"
PATIENCE = 3.0  # seconds for its first answer


@functools.cache
def _check_network():
    """Turn downloads off if the server of the data does not answer quickly, and print so once.

    An empty mirror leaves the files that earlier runs have downloaded.
    """
    if os.environ.get("TFK_DATASETS_MIRROR"):
        return
    try:
        request = urllib.request.Request(SERVER, method="HEAD")
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        pass  # an answer
    except OSError:
        os.environ["TFK_DATASETS_MIRROR"] = os.devnull
        print(f"{SERVER} does not answer: only data on this machine is used.")


def load_digits():
    """Handwritten digits `(count, height, width)` from 0 to 1 with their labels: MNIST, or
    the package's small ones.

    Returns:
        `(x_train, y_train), (x_test, y_test)` and a sentence that says which they are.
    """
    _check_network()
    try:
        parts, scale, name = tfk.datasets.mnist.load_data(), 255, "MNIST: 28 x 28 pixels"
    except OSError:
        parts, scale, name = (
            tfk.datasets.digits.load_data(),
            16,
            "the digits in the package: 8 x 8 pixels",
        )
    return [(images.astype("float32") / scale, labels) for images, labels in parts], name


def load_reviews(num_words, count=8000):
    """Film reviews as lists of word numbers with a sentiment, 0 or 1: IMDB, or made ones of the
    same form.

    The made ones: the number of a word is its rank by frequency (Zipf's law, from 4), 0 is left
    free for padding, 1 marks the start. Some hundred words are likelier in positive reviews, some
    hundred in negative ones, and each review is more or less outspoken.

    Args:
        num_words: Only word numbers below this one.
        count: Number of reviews in each of the two parts.

    Returns:
        `(x_train, y_train), (x_test, y_test)` and a sentence that says which they are.
    """
    _check_network()
    try:
        parts = tfk.datasets.imdb.load_data(num_words=num_words)
        return [
            (texts[:count], labels[:count].astype("float32")) for texts, labels in parts
        ], "IMDB: real reviews"
    except OSError:
        rng = np.random.default_rng(1)
        tilt = np.zeros(num_words)
        telling = rng.choice(np.arange(40, num_words), num_words // 10, replace=False)
        tilt[telling] = rng.choice([-1.0, 1.0], len(telling)) * rng.uniform(0.3, 1.0, len(telling))
        parts = [_make_reviews(rng, tilt, count) for _ in range(2)]
        return parts, "made reviews in the form of IMDB"


def _make_reviews(rng, tilt, count):
    frequency = 1 / (np.arange(len(tilt)) + 10.0)
    frequency[:4] = 0
    labels = rng.permutation(np.arange(count) % 2).astype("float32")
    texts = np.empty(count, object)
    for number, label in enumerate(labels):
        chances = frequency * np.exp(tilt * (2 * label - 1) * rng.uniform(0.2, 1.6))
        words = rng.choice(len(tilt), rng.integers(60, 240), p=chances / chances.sum())
        texts[number] = [1, *words.tolist()]
    return texts, labels


def load_houses():
    """Houses `(count, 13)` with their prices in thousands of dollars: Boston in the 1970s, or a
    made town.

    Returns:
        `(x_train, y_train), (x_test, y_test)` and a sentence that says which they are.
    """
    _check_network()
    try:
        return tfk.datasets.boston_housing.load_data(), "Boston: real houses"
    except OSError:
        rng = np.random.default_rng(1)
        hidden = rng.normal(size=(506, 4))  # wealth, age, distance, traffic
        scales = 10.0 ** rng.uniform(-1, 2.5, 13)
        features = np.tanh(hidden @ rng.normal(size=(4, 13)) / 2) + rng.normal(0, 0.3, (506, 13))
        prices = (
            22 + 6 * hidden[:, 0] - 3 * hidden[:, 1] * (hidden[:, 2] > 0) + rng.normal(0, 1.5, 506)
        )
        features, prices = scales * (3 + features), np.clip(prices, 5, 50)
        parts = (features[:404], prices[:404]), (features[404:], prices[404:])
        return parts, "a made town in the form of the Boston data"
