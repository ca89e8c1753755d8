"""to_categorical, to_ordinal, normalize, pad_sequences."""

import numpy as np
import pytest

from tfk.utils.arrays import normalize, to_categorical, to_ordinal
from tfk.utils.padding import pad_sequences

tf_keras = pytest.importorskip("tf_keras")


@pytest.mark.parametrize("name", ["to_categorical", "to_ordinal"])
@pytest.mark.parametrize("y", [[0, 2, 1], [[1], [0]], [[[0, 1], [2, 2]]], 1, [[1]], [1.0, 0.0]])
@pytest.mark.parametrize("num_classes, dtype", [(None, "float32"), (5, "int32")])
def test_rows_equal_tf_keras(name, y, num_classes, dtype):
    ours = {"to_categorical": to_categorical, "to_ordinal": to_ordinal}[name](y, num_classes, dtype)
    theirs = getattr(tf_keras.utils, name)(y, num_classes, dtype)
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("function", [to_categorical, to_ordinal])
def test_class_numbers_out_of_range(function):
    with pytest.raises(ValueError, match="from 0 to 2, got numbers from 1 to 3"):
        function([1, 3], 3)
    with pytest.raises(ValueError, match="got numbers from -1 to 2"):
        function([-1, 2])
    with pytest.raises(ValueError, match="num_classes for an empty"):
        function([])
    assert function([], 3).shape[0] == 0


@pytest.mark.parametrize("options", [{}, {"axis": 0}, {"order": 1}, {"axis": 1, "order": 3}])
def test_normalize(options):
    x = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(normalize(x, **options), tf_keras.utils.normalize(x, **options))


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 5])
def test_pad_sequences(padding, truncating, maxlen):
    options = {"padding": padding, "truncating": truncating, "maxlen": maxlen}
    for sequences, more in (
        ([[1], [2, 3, 4], []], {"value": -1}),
        ([np.ones((2, 3)), np.zeros((4, 3))], {"dtype": "float32"}),
        ([["a"], ["b", "c", "d"]], {"dtype": object, "value": "pad"}),
        ([("a",), ("bc", "d")], {"dtype": "<U3", "value": "x"}),
        (np.array([[1, 2], [3, 4]]), {}),
    ):
        ours = pad_sequences(sequences, **options, **more)
        theirs = tf_keras.utils.pad_sequences(sequences, **options, **more)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    assert pad_sequences([]).shape == (0, 0)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((5,), "list of sequences"),
        (([1, 2],), "got 1 at position 0"),
        (([[1]], 0), "maxlen"),
        (([[1]], None, "int32", "left"), "padding"),
        (([[1]], None, "int32", "pre", "right"), "truncating"),
        (([[1]], None, "int32", "pre", "pre", "x"), "dtype=object"),
        (([np.ones((2, 3)), np.ones((2, 4))],), "at position 1"),
    ],
)
def test_bad_sequences(arguments, words):
    with pytest.raises(ValueError, match=words):
        pad_sequences(*arguments)
