import numpy as np
import pytest

from tfk.datasets import digits


def test_shapes_values_and_classes():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1437, 8, 8) and x_test.shape == (360, 8, 8)
    assert x_train.dtype == y_train.dtype == x_test.dtype == y_test.dtype == np.uint8
    assert y_train.shape == (1437,) and y_test.shape == (360,)
    assert (x_train.min(), x_train.max()) == (0, 16)
    for labels in (y_train, y_test):
        shares = np.bincount(labels, minlength=10) / len(labels)
        assert len(shares) == 10 and shares.min() > 0.07


def test_equals_the_copy_it_was_made_from():
    source = pytest.importorskip("sklearn.datasets").load_digits()
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    order = np.random.RandomState(0).permutation(1797)
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), source.images[order])
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), source.target[order])


def test_source_and_licence_are_named_beside_the_data():
    notice = digits.PATH.with_name("digits_NOTICE.txt").read_text()
    assert "CC BY 4.0" in notice and "10.24432/C50P49" in notice
