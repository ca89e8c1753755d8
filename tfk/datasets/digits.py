"""Handwritten digits of the UCI repository, 8x8 pixels: small enough to ship with the package."""

import pathlib

import numpy as np

PATH = pathlib.Path(__file__).with_name("digits.npz")
TRAIN_SIZE = 1437


def load_data():
    """Load 1,437 training and 360 test images; the split is always the same.

    Images are uint8 arrays of shape `(n, 8, 8)` with values from 0 (paper) to 16 (ink), labels are
    uint8 arrays of shape `(n,)` with the digits 0 to 9.

    Returns:
        `(x_train, y_train), (x_test, y_test)`.

    Source: E. Alpaydin and C. Kaynak, 1998, Optical Recognition of Handwritten Digits, UCI Machine
        Learning
    Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0; made from the copy in
    scikit-learn, as described in `digits_NOTICE.txt`.
    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_test.shape, int(x_train.max())
    ((1437, 8, 8), (360,), 16)
    """
    with np.load(PATH, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"]
    return (images[:TRAIN_SIZE], labels[:TRAIN_SIZE]), (images[TRAIN_SIZE:], labels[TRAIN_SIZE:])
