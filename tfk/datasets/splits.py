"""Shuffling and splitting as the published data sets define it."""

import numpy as np


def shuffled(generator, *arrays):
    """Shuffle all arrays in the same random order."""
    order = np.arange(len(arrays[0]))
    generator.shuffle(order)
    return tuple(array[order] for array in arrays)


def split(x, y, test_split):
    """`(x_train, y_train), (x_test, y_test)`; the last part of `test_split` is the test set."""
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])


def check_test_split(owner, test_split):
    """Raise ValueError unless `0 <= test_split < 1`."""
    if not 0 <= test_split < 1:
        raise ValueError(
            f"{owner}: expected test_split to be at least 0 and below 1, got {test_split!r}."
        )
