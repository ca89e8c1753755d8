"""California housing prices of 1990."""

import numpy as np

from tfk.datasets.splits import check_test_split, shuffled, split
from tfk.datasets.storage import OFFICIAL, fetch
from tfk.utils.checks import check_choice

SHA256 = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
SMALL = 600


def load_data(
    version="large", path="california_housing.npz", test_split=0.2, seed=113, cache_dir=None
):
    """Load 8 features of census block groups and their median house values.

    The columns: longitude, latitude, median age of the houses, rooms, bedrooms, population,
        households,
    median income.

    Args:
        version: `"large"` for all 20,640 groups, `"small"` for the first 600 of the file. Defaults
            to `"large"`.
        path: Name of the file in the cache folder, or an absolute path. Defaults to
            `"california_housing.npz"`.
        test_split: Fraction of the test set, at least 0 and below 1. Defaults to 0.2.
        seed: Of the shuffling. Defaults to 113.
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: float32 arrays `(n, 8)`, and values in dollars.

    Raises: ValueError for a bad `version` or `test_split`; OSError when the file is not at hand.
    Source: Pace and Barry, 1997, Sparse spatial autoregressions.
    >>> (x_train, y_train), (x_test, y_test) = load_data("small")  # doctest: +SKIP
    """
    check_choice("california_housing.load_data", "version", version, ("small", "large"))
    check_test_split("california_housing.load_data", test_split)
    with np.load(
        fetch(path, OFFICIAL + "california_housing.npz", SHA256, cache_dir), allow_pickle=False
    ) as file:
        x, y = file["x"], file["y"]
    if version == "small":
        x, y = x[:SMALL], y[:SMALL]
    return split(*shuffled(np.random.RandomState(seed), x, y), test_split)
