"""timeseries_dataset_from_array and split_dataset equal tf_keras."""

import numpy as np
import pytest
import tensorflow as tf

from tests.support.compare import assert_same_datasets
from tfk.utils.split_dataset import split_dataset
from tfk.utils.timeseries_dataset import timeseries_dataset_from_array

tf_keras = pytest.importorskip("tf_keras")

SERIES = np.arange(60).reshape(30, 2).astype("float32")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sequence_stride": 3, "sampling_rate": 2, "batch_size": 4},
        {"shuffle": True, "seed": 5, "batch_size": 3},
        {"shuffle": True, "batch_size": None, "seed": 1},
        {"shuffle": True, "batch_size": 4},
        {"start_index": 4, "end_index": 20},
        {"batch_size": None},
    ],
)
@pytest.mark.parametrize("targets", [None, np.arange(30), np.arange(10, 18), list(range(30))])
def test_windows_equal_tf_keras(options, targets):
    if isinstance(targets, np.ndarray) and len(targets) < 30 and "start_index" in options:
        targets = targets.repeat(3)
    results = []
    for function in (timeseries_dataset_from_array, tf_keras.utils.timeseries_dataset_from_array):
        np.random.seed(0)
        tf.random.set_seed(1)
        results.append(function(SERIES, targets, sequence_length=5, **options))
    ours, theirs = results
    assert tf.nest.map_structure(lambda s: s.dtype, ours.element_spec) == tf.nest.map_structure(
        lambda s: s.dtype, theirs.element_spec
    )
    for a, b in zip(ours, theirs, strict=True):
        for x, y in zip(tf.nest.flatten(a), tf.nest.flatten(b), strict=True):
            np.testing.assert_array_equal(x.numpy(), y.numpy())


@pytest.mark.parametrize(
    "options, words",
    [
        ({"sequence_length": 31}, "no window of 31 steps"),
        ({"sequence_length": 0}, "sequence_length"),
        ({"sequence_stride": 0}, "sequence_stride"),
        (
            {"sampling_rate": 30},
            "sampling_rate to be at least 1 and below the length of the data, 30",
        ),
        ({"start_index": -1}, "start_index"),
        ({"start_index": 30}, "start_index"),
        ({"end_index": 30}, "end_index"),
        ({"start_index": 5, "end_index": 5}, "end_index to be at least 6"),
    ],
)
def test_bad_windows(options, words):
    with pytest.raises(ValueError, match=words):
        timeseries_dataset_from_array(SERIES, None, **{"sequence_length": 3, **options})


BATCHED = tf.data.Dataset.from_tensor_slices((SERIES, np.arange(30))).batch(4)
DICTS = tf.data.Dataset.from_tensor_slices({"a": SERIES, "b": np.arange(30)})


@pytest.mark.parametrize(
    "data",
    [SERIES, [SERIES, np.arange(30)], (SERIES, np.arange(30)), BATCHED, DICTS, BATCHED.unbatch()],
    ids=["array", "list", "tuple", "batched", "dict", "dataset"],
)
@pytest.mark.parametrize(
    "options",
    [
        {"left_size": 0.8},
        {"left_size": 7},
        {"right_size": 0.25},
        {"left_size": 5, "right_size": 6},
        {"left_size": 0.33, "right_size": 5},
        {"left_size": 0.5, "shuffle": True, "seed": 3},
    ],
)
def test_splits_equal_tf_keras(data, options):
    for ours, theirs in zip(
        split_dataset(data, **options), tf_keras.utils.split_dataset(data, **options)
    ):
        assert_same_datasets(ours, theirs)


def test_split_of_single_tensors_keeps_them():
    left, right = split_dataset(tf.data.Dataset.range(10), left_size=0.7, shuffle=True)
    assert sorted(int(x) for part in (left, right) for x in part) == list(range(10))


@pytest.mark.parametrize(
    "data, options, error, words",
    [
        ({"a": SERIES}, {"left_size": 1}, TypeError, "got dict"),
        (SERIES, {}, ValueError, "left_size, right_size or both"),
        (SERIES, {"left_size": "3"}, TypeError, "left_size"),
        (SERIES, {"right_size": 30}, ValueError, "from 1 to 29"),
        (SERIES, {"left_size": 0}, ValueError, "left_size"),
        (SERIES, {"left_size": 1.5}, ValueError, "share between 0 and 1"),
        (SERIES, {"left_size": 20, "right_size": 11}, ValueError, "31 samples together"),
        (SERIES, {"left_size": 0.7, "right_size": 0.5}, ValueError, "together"),
        (SERIES, {"left_size": 0.999}, ValueError, "right part of 30 samples would be empty"),
        (SERIES, {"left_size": 0.001}, ValueError, "left part"),
        ([], {"left_size": 1}, ValueError, "nothing"),
        ([SERIES, SERIES[:4]], {"left_size": 1}, ValueError, r"lengths \[30, 4\]"),
        ([1, 2], {"left_size": 1}, ValueError, "int"),
        (SERIES[:0], {"left_size": 1}, ValueError, "empty"),
    ],
)
def test_bad_splits(data, options, error, words):
    with pytest.raises(error, match=words):
        split_dataset(data, **options)


def test_samples_of_different_shapes():
    data = tf.data.Dataset.from_generator(lambda: ([0] * n for n in (1, 2)), tf.int32)
    with pytest.raises(ValueError, match="one shape"):
        split_dataset(data, left_size=1)
