"""`split_dataset`: two datasets from one."""

import random

import numpy as np
import tensorflow as tf

from tfk.utils.checks import is_integer, is_number
from tfk.utils.tensorflow_internals import batch_size_of

OWNER = "split_dataset"


def split_dataset(
    dataset, left_size=None, right_size=None, shuffle: bool | str = False, seed: int | None = None
):
    """Split a small dataset, held in memory, into a left and a right part.

    Args:
        dataset: A `tf.data.Dataset`, an array, or a list or tuple of arrays of equal length.
        left_size: Size of the left part: a number of samples, or a fraction between 0 and 1; None
            for the rest. Defaults to None.
        right_size: Size of the right part, as for the left one. Defaults to None.
        shuffle: Whether to shuffle the samples first. Defaults to False.
        seed: Random seed of the shuffling. Defaults to None.

    Returns:
        Two `tf.data.Dataset`s of samples, batched if `dataset` ends with `.batch(...)`.

    Raises: TypeError for another kind of dataset or size; ValueError for invalid sizes.
    >>> left, right = split_dataset(np.arange(10), left_size=0.8)
    >>> len(left), len(right)
    (8, 2)
    """
    batch_size = batch_size_of(dataset)
    samples = _as_arrays(dataset, batch_size is not None)
    total = len(tf.nest.flatten(samples)[0])
    left, right = _sizes(left_size, right_size, total)
    order = list(range(total))
    if shuffle:
        (random if seed is None else random.Random(seed)).shuffle(order)

    def part(positions):
        part = tf.data.Dataset.from_tensor_slices(
            tf.nest.map_structure(lambda x: x[positions], samples)
        )
        return (part if batch_size is None else part.batch(batch_size)).prefetch(tf.data.AUTOTUNE)

    return part(order[:left]), part(order[total - right :])


def _as_arrays(dataset, batched):
    """The samples stacked, in the structure of one sample."""
    if isinstance(dataset, np.ndarray):
        arrays = dataset
    elif isinstance(dataset, (list, tuple)):
        if not dataset or not all(isinstance(array, np.ndarray) for array in dataset):
            raise ValueError(
                f"{OWNER}: expected a {type(dataset).__name__} of NumPy arrays, got one of "
                f"{sorted({type(item).__name__ for item in dataset}) or 'nothing'}."
            )
        lengths = [len(array) for array in dataset]
        if len(set(lengths)) > 1:
            raise ValueError(f"{OWNER}: expected arrays of one length, got the lengths {lengths}.")
        arrays = tuple(dataset)
    elif isinstance(dataset, tf.data.Dataset):
        items = list((dataset.unbatch() if batched else dataset).as_numpy_iterator())
        arrays = tf.nest.map_structure(_stack, *items) if items else np.empty(0)
    else:
        raise TypeError(
            f"{OWNER}: expected a tf.data.Dataset, an array, or a list of arrays, got"
            f" {type(dataset).__name__}."
        )
    if not len(tf.nest.flatten(arrays)[0]):
        raise ValueError(f"{OWNER}: the dataset is empty.")
    return arrays


def _stack(*samples):
    try:
        return np.stack(samples)
    except ValueError as error:
        raise ValueError(f"{OWNER}: expected samples of one shape. {error}") from error


def _sizes(left, right, total):
    if left is None and right is None:
        raise ValueError(f"{OWNER}: pass left_size, right_size or both.")
    left, right = _size("left_size", left, total), _size("right_size", right, total)
    left = total - right if left is None else left
    right = total - left if right is None else right
    if left + right > total:
        raise ValueError(
            f"{OWNER}: left_size and right_size come to {left + right} samples together, but there"
            f" are {total}."
        )
    if not (left > 0 and right > 0):
        raise ValueError(
            f"{OWNER}: the {'right' if left else 'left'} part of {total} samples would be empty."
            " Change the sizes."
        )
    return left, right


def _size(argument, value, total):
    """A count from a count or a share."""
    if value is None:
        return None
    if not is_number(value):
        raise TypeError(
            f"{OWNER}: expected {argument} to be a count, a fraction or None, got {value!r}."
        )
    if is_integer(value) and 0 < value < total:
        return int(value)
    if not is_integer(value) and 0 < value < 1:
        return round(value * total)
    raise ValueError(
        f"{OWNER}: expected {argument} to be a count from 1 to {total - 1} or a share between 0 and"
        f" 1, got {value!r}."
    )
