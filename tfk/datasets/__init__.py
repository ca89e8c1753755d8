"""Small datasets, loaded as NumPy arrays; `storage` defines where their files come from."""

from tfk.datasets import (
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    digits,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
)
