"""`timeseries_dataset_from_array`: sliding windows over a time series."""

import numpy as np
import tensorflow as tf

from tfk.utils.autograph import runs_as_written
from tfk.utils.checks import check_positive_int
from tfk.utils.directory_index import shuffle_as_read

OWNER = "timeseries_dataset_from_array"


def timeseries_dataset_from_array(
    data,
    targets,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool | str = False,
    seed: int | None = None,
    start_index=None,
    end_index=None,
):
    """Create a dataset of windows over an evenly spaced time series.

    Window `i` starts at step `i * sequence_stride` and takes every `sampling_rate`-th step; its
    target is `targets` at its first step. To predict `d` steps ahead, pass `data[:-d]` and
    `targets` that start `d` steps later.

    Args:
        data: The series, an array whose first axis is time.
        targets: Array of targets by step, or None for windows only.
        sequence_length: Steps per window.
        sequence_stride: Steps between the starts of two windows. Defaults to 1.
        sampling_rate: Steps between two samples of a window. Defaults to 1.
        batch_size: Windows per batch; None for single windows. Defaults to 128.
        shuffle: Whether to shuffle the windows. Defaults to False.
        seed: Random seed of the shuffling. Defaults to None.
        start_index: Index of the first step to use. Defaults to None.
        end_index: Index of the first step that is not used. Defaults to None.

    Returns:
        A `tf.data.Dataset` of windows `(batch, sequence_length, ...)`, with targets if given.

    Raises: ValueError for lengths that do not match the data.
    >>> dataset = timeseries_dataset_from_array(np.arange(9), None, 3, sequence_stride=3)
    >>> next(iter(dataset)).numpy()
    array([[0, 1, 2],
           [3, 4, 5],
           [6, 7, 8]])
    """
    length = len(data)
    sequence_length = check_positive_int(OWNER, "sequence_length", sequence_length)
    stride = _check_below(length, "sequence_stride", sequence_stride, 1)
    rate = _check_below(length, "sampling_rate", sampling_rate, 1)
    start = _check_below(length, "start_index", start_index or 0, 0)
    end = length if end_index is None else _check_below(length, "end_index", end_index, start + 1)
    count = end - start - (sequence_length - 1) * rate
    if targets is not None:
        count = min(count, len(targets))
    if count <= 0:
        raise ValueError(
            f"{OWNER}: no window of {sequence_length} steps at sampling_rate={rate} fits into"
            f" {end - start} steps with"
            f" {'no targets' if targets is None else f'{len(targets)} targets'}."
        )
    begins = np.arange(0, count, stride, dtype="int64")
    if shuffle:
        seed = np.random.randint(1e6) if seed is None else seed
        np.random.RandomState(seed).shuffle(begins)
    data = tf.convert_to_tensor(data[start:end])
    targets = None if targets is None else tf.convert_to_tensor(targets[start:end])
    offsets = tf.range(0, sequence_length * rate, rate, dtype=tf.int64)

    @runs_as_written
    def windows(begin):  # one begin, or a batch of them: a single gather serves the whole batch
        found = tf.gather(data, begin[..., tf.newaxis] + offsets)
        return found if targets is None else (found, tf.gather(targets, begin))

    dataset = tf.data.Dataset.from_tensor_slices(begins)
    if shuffle:
        dataset = shuffle_as_read(dataset, batch_size, seed)
    if batch_size is not None:
        dataset = dataset.batch(batch_size)
    return dataset.map(windows, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _check_below(length, argument, value, minimum):
    if not minimum <= value < length:
        raise ValueError(
            f"{OWNER}: expected {argument} to be at least {minimum} and below the length of the"
            f" data, {length}, got {value!r}."
        )
    return int(value)
