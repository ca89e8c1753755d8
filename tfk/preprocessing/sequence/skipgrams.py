"""Pairs of words that occur near each other, and pairs that do not."""

import random

import numpy as np

EULER_GAMMA = 0.577


def skipgrams(
    sequence,
    vocabulary_size,
    window_size=4,
    negative_samples=1.0,
    shuffle=True,
    categorical=False,
    sampling_table=None,
    seed=None,
):
    """Makes pairs (word, other word) with the label 1 for neighbours and 0 for words drawn at
    random.

    Args:
        sequence: Word numbers; 0 is no word.
        vocabulary_size: Random words are drawn from 1 to `vocabulary_size - 1`.
        window_size: How many words to either side are neighbours.
        negative_samples: How many random pairs there are for each pair of neighbours.
        shuffle: Whether to shuffle the pairs.
        categorical: Whether labels are `[0, 1]` and `[1, 0]` instead of 1 and 0.
        sampling_table: Probability to use a word, by its number; None uses all words.
        seed: Of the shuffling; Python's generator is seeded with it, as in Keras 2.

    Returns:
        The list of pairs and the list of labels.

    Source: Mikolov et al., 2013, arXiv:1301.3781.
    >>> skipgrams([3, 5, 7], 10, window_size=1, negative_samples=0, shuffle=False)
    ([[3, 5], [5, 3], [5, 7], [7, 5]], [1, 1, 1, 1])
    """
    pairs = []
    for position, word in enumerate(sequence):
        if not word or sampling_table is not None and sampling_table[word] < random.random():
            continue
        start = max(0, position - window_size)
        around = (*sequence[start:position], *sequence[position + 1 : position + window_size + 1])
        pairs += [[word, other] for other in around if other]
    labels = [[0, 1] if categorical else 1 for _ in pairs]
    if negative_samples > 0 and pairs:
        words = [word for word, _ in pairs]
        random.shuffle(words)
        count = int(len(labels) * negative_samples)
        pairs += [
            [words[i % len(words)], random.randint(1, int(vocabulary_size - 1))]
            for i in range(count)
        ]
        labels += [[1, 0] if categorical else 0 for _ in range(count)]
    if shuffle:
        order = list(range(len(pairs)))
        random.seed(random.randint(0, 10_000_000) if seed is None else seed)
        random.shuffle(order)
        pairs, labels = [pairs[i] for i in order], [labels[i] for i in order]
    return pairs, labels


def make_sampling_table(size, sampling_factor=1e-5):
    """Probabilities to use the words of rank 0, 1, ...: the frequent ones are used less often.

    By Zipf's law, the word of rank r has a frequency of about 1 / (r (log r + gamma) + 1/2 - 1 /
    (12 r)).

    Args:
        size: Number of ranks.
        sampling_factor: Frequency above which a word is left out at times.

    Returns:
        An array of `size` probabilities.

    >>> make_sampling_table(3).round(5)
    array([0.00315, 0.00315, 0.00548])
    """
    rank = np.arange(size)
    rank[:1] = 1
    inverse_frequency = rank * (np.log(rank) + EULER_GAMMA) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))
