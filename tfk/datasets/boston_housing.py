"""Boston housing prices of the 1970s."""

import numpy as np

from tfk.datasets.splits import check_test_split, shuffled, split
from tfk.datasets.storage import OFFICIAL, fetch

SHA256 = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path="boston_housing.npz", test_split=0.2, seed=113, cache_dir=None):
    """Load 13 features of 506 districts and their median house values.

    One feature ("B") encodes the racial make-up of a district on an assumption that its authors
    never justified; use `california_housing` where the choice is yours.

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to
            `"boston_housing.npz"`.
        test_split: Fraction of the test set, at least 0 and below 1. Defaults to 0.2.
        seed: Of the shuffling. Defaults to 113.
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float64 arrays `(n, 13)`, and values in thousands of
        dollars.

    Raises: ValueError for a bad `test_split`; OSError when the file is not at hand.
    Source: Harrison and Rubinfeld, 1978, lib.stat.cmu.edu/datasets/boston.
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    check_test_split("boston_housing.load_data", test_split)
    with np.load(
        fetch(path, OFFICIAL + "boston_housing.npz", SHA256, cache_dir), allow_pickle=False
    ) as file:
        x, y = shuffled(np.random.RandomState(seed), file["x"], file["y"])
    return split(x, y, test_split)
