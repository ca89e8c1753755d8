"""Fashion-MNIST: images of clothes in the format of MNIST."""

import gzip

import numpy as np

from tfk.datasets.storage import OFFICIAL, fetch

SHA256 = {
    "train-images-idx3-ubyte.gz": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    ),
    "train-labels-idx1-ubyte.gz": (
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
    ),
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}


def load_data(cache_dir=None):
    """Load 70,000 grayscale images of clothes in ten classes.

    The classes: 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt, 7
        Sneaker, 8 Bag, 9
    Ankle boot.

    Args:
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images `(60000, 28, 28)` and `(10000, 28,
        28)`, and their classes.

    Raises: OSError when a file is not at hand; the message says where to put it.
    Source: Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747 (MIT licence).
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    return _load_part("train", cache_dir), _load_part("t10k", cache_dir)


def _load_part(part, cache_dir):
    # IDX files: a header of 8 bytes before the labels, of 16 before the pixels
    labels = _read(f"{part}-labels-idx1-ubyte.gz", 8, cache_dir)
    images = _read(f"{part}-images-idx3-ubyte.gz", 16, cache_dir)
    return images.reshape(len(labels), 28, 28), labels


def _read(name, header, cache_dir):
    path = fetch(
        name, OFFICIAL + name, SHA256[name], cache_dir, cache_subdir="datasets/fashion-mnist"
    )
    with gzip.open(path) as file:
        return np.frombuffer(bytearray(file.read()), np.uint8, offset=header)  # bytearray: writable
