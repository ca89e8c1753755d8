"""`predict` of one small batch takes a short way; it has to give what the long way gives."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.callbacks import Callback
from tfk.engine.training.predict import small_batch

A, B = np.arange(6, dtype="float64").reshape(2, 3), np.ones((2, 1), "int32")


@pytest.fixture(scope="module")
def model():
    a, b = tfk.Input((3,), name="a"), tfk.Input((1,), name="b")
    sums = tfk.layers.Add()([a, b])
    return tfk.Model({"a": a, "b": b}, {"sum": sums, "first": a})


@pytest.mark.parametrize(
    "x",
    [
        {"a": A, "b": B},
        {"b": B, "a": A},
        {"b": tf.constant(B), "a": A},
        [A, B],
        (tf.constant(A, tf.float32), B),
    ],
    ids=["dict", "dict in another order", "tensor and array", "list", "tuple"],
)
def test_nests_of_arrays_and_tensors(model, x):
    assert small_batch(x, 32) is not None
    short, long = model.predict(x, verbose=0), model.predict(x, verbose=0, callbacks=[Callback()])
    batch = model.predict_on_batch(x)
    assert type(short) is type(long) is type(batch) and list(short) == list(long) == list(batch)
    for key in short:
        np.testing.assert_array_equal(short[key], long[key])
        np.testing.assert_array_equal(batch[key], long[key])
        assert short[key].dtype == long[key].dtype
    np.testing.assert_array_equal(short["sum"], A + 1)


def test_strings():
    model = tfk.Sequential([tfk.layers.StringLookup(vocabulary=["yes", "no"])])
    strings = np.array([["no"], ["yes"]])
    for x in (strings, strings.astype(object), tf.constant(strings)):
        assert small_batch(x, 32) is not None
        np.testing.assert_array_equal(model.predict(x, verbose=0), [[2], [1]])


@pytest.mark.parametrize(
    "x",
    [
        [A, B[:1]],
        {"a": A, "b": None},
        {1: A},
        [A, [1, 2]],
        np.float32(1),
        tf.constant(1.0),
        np.array([[1, None]]),
        [],
        A[:0],
        tf.data.Dataset.from_tensors(A),
        tf.ragged.constant([[1], [1, 2]]),
    ],
    ids=range(11),
)
def test_what_goes_the_long_way(x):
    assert small_batch(x, 32) is None


def test_more_than_one_batch_goes_the_long_way():
    assert small_batch(A, 2) is not None and small_batch(A, 1) is None
