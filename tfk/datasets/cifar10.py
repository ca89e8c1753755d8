"""CIFAR-10: small colour photos in ten classes."""

from tfk.datasets.cifar import load_parts
from tfk.datasets.storage import fetch_folder

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data(cache_dir=None):
    """Load 60,000 colour photos of 32 by 32 pixels.

    The classes: 0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9
        truck.

    Args:
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images `(50000, 32, 32, 3)` and `(10000, 32,
        32, 3)` (`(n, 3, 32, 32)` with channels_first), and uint8 classes `(n, 1)`.

    Raises: OSError when the file is not at hand; the message says where to put it.
    Source: Krizhevsky, 2009, Learning multiple layers of features from tiny images.
    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    """
    folder = fetch_folder("cifar-10-batches-py", ORIGIN, SHA256, cache_dir)
    names = [f"data_batch_{number}" for number in range(1, 6)]
    (x_train, y_train), (x_test, y_test) = load_parts(folder, names, "test_batch", "labels")
    return (x_train, y_train.astype("uint8")), (x_test, y_test.astype("uint8"))
