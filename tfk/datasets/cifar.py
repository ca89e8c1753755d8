"""Code shared by CIFAR-10 and CIFAR-100."""

import numpy as np

from tfk import config
from tfk.datasets.pickled_arrays import load_cifar_batch


def load_parts(folder, train_files, test_file, label_key):
    """Read the batch files of one data set.

    Args:
        folder: Where they are.
        train_files: Names of the training batches, in order.
        test_file: Name of the test batch.
        label_key: Which labels to take.

    Returns:
        `(x_train, y_train), (x_test, y_test)`; labels as columns.
    """
    return _load(folder, train_files, label_key), _load(folder, (test_file,), label_key)


def _load(folder, names, label_key):
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} has no file {missing[0]}. Delete the folder to have it unpacked again."
        )
    images, labels = zip(*(load_cifar_batch(folder / name, label_key) for name in names))
    images = np.concatenate(images)
    if config.image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    return images, np.concatenate(labels).reshape(-1, 1)
