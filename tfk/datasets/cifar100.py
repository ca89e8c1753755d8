"""CIFAR-100: small colour photos in a hundred classes."""

from tfk.datasets.cifar import load_parts
from tfk.datasets.storage import fetch_folder
from tfk.utils.checks import check_choice

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
SHA256 = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode="fine", cache_dir=None):
    """Load 60,000 colour photos of 32 by 32 pixels, of 100 classes in 20 groups.

    Args:
        label_mode: `"fine"` for the 100 classes, `"coarse"` for the 20 groups. Defaults to
            `"fine"`.
        cache_dir: The cache folder instead of `~/.keras`. Defaults to None.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: uint8 images `(50000, 32, 32, 3)` and `(10000, 32,
        32, 3)` (`(n, 3, 32, 32)` with channels_first), and int64 classes `(n, 1)`.

    Raises: ValueError for another `label_mode`; OSError when the file is not at hand.
    Source: Krizhevsky, 2009, Learning multiple layers of features from tiny images.
    >>> (x_train, y_train), (x_test, y_test) = load_data("coarse")  # doctest: +SKIP
    """
    check_choice("cifar100.load_data", "label_mode", label_mode, ("fine", "coarse"))
    folder = fetch_folder("cifar-100-python", ORIGIN, SHA256, cache_dir)
    return load_parts(folder, ("train",), "test", f"{label_mode}_labels")
