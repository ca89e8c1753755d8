"""MNIST: handwritten digits."""

import numpy as np

from tfk.datasets.storage import OFFICIAL, fetch

SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path="mnist.npz", cache_dir=None):
    """Load 70,000 grayscale images of the digits 0 to 9.

    Args:
        path: Name of the file in the cache folder, or an absolute path. Defaults to `"mnist.npz"`.
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images `(60000, 28, 28)` and `(10000, 28,
        28)`, and their digits.

    Raises: OSError when the file is not at hand; the message says where to put it.
    Source: LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist (CC BY-SA 3.0).
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    path = fetch(path, OFFICIAL + "mnist.npz", SHA256, cache_dir)
    with np.load(path, allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
