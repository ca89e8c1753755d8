"""Skip-grams: pairs of neighbouring words, and random pairs."""

import random

import numpy as np

EULER_GAMMA = 0.577


def skipgrams(
    sequence,
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool | str = True,
    categorical: bool = False,
    sampling_table=None,
    seed: int | None = None,
):
    """Return pairs (word, other word), labelled 1 for neighbours and 0 for randomly drawn words.

    Args:
        sequence: Word indices; 0 is not a word.
        vocabulary_size: Random words are drawn from 1 to `vocabulary_size - 1`.
        window_size: Number of neighbouring words on either side. Defaults to 4.
        negative_samples: Number of random pairs per pair of neighbours. Defaults to 1.0.
        shuffle: Whether to shuffle the pairs. Defaults to True.
        categorical: Whether labels are `[0, 1]` and `[1, 0]` instead of 1 and 0. Defaults to False.
        sampling_table: Probability of using each word, by index; None uses all words. Defaults to
            None.
        seed: Random seed; it is set on Python's global generator, as in Keras 2. Defaults to None.

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


def make_sampling_table(size, sampling_factor: float = 1e-5):
    """Return sampling probabilities by word rank: frequent words are sampled less often.

    By Zipf's law, the word of rank r has a frequency of about 1 / (r (log r + gamma) + 1/2 - 1 /
    (12 r)).

    Args:
        size: Number of ranks.
        sampling_factor: Frequency above which words are dropped at random. Defaults to 1e-05.

    Returns:
        An array of `size` probabilities.

    >>> make_sampling_table(3).round(5)
    array([0.00315, 0.00315, 0.00548])
    """
    rank = np.arange(size)
    rank[:1] = 1
    inverse_frequency = rank * (np.log(rank) + EULER_GAMMA) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))
