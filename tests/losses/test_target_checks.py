"""Targets that cannot belong to an output are refused with one clear message."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import losses
from tfk.losses.target_checks import check_targets, kind_of
from tfk.saving import registry

SPARSE = losses.SparseCategoricalCrossentropy()


def zeros(*shape):
    return np.zeros(shape, "float32")


@pytest.mark.parametrize(
    ("y_true", "output_shape", "loss"),
    [
        (zeros(8), (8, 1), "mse"),
        (zeros(8, 1), (None, 1), "mse"),
        (zeros(8, 1), (8,), "mae"),
        (zeros(8, 5), (8, 5, 1), "mse"),
        (zeros(8, 5, 3), (None, None, 3), "huber"),
        (zeros(8), (8, 1), "binary_crossentropy"),
        (zeros(8, 3), (8, 3), "categorical_crossentropy"),
        (np.array([0, 2, 1]), (3, 3), SPARSE),
        (np.array([[0], [2], [1]]), (3, 3), "sparse_categorical_crossentropy"),
        (np.array([0.0, 2.0]), (2, 3), SPARSE),
        (np.array([True, False]), (2, 2), SPARSE),
        (np.ones((2, 5), "int64"), (2, 5, 3), SPARSE),
        (np.ones((2, 5, 1), "int64"), (2, None, 3), SPARSE),
        (np.array([0, -1]), (2, 3), losses.SparseCategoricalCrossentropy(ignore_class=-1)),
        (np.array([255, 255]), (2, 3), losses.SparseCategoricalCrossentropy(ignore_class=255)),
        (tf.TensorSpec((None,), tf.int32), (None, 3), SPARSE),
        (zeros(8, 3), (8, 1), lambda y_true, y_pred: y_pred),
        (zeros(8, 3), (8, 1), None),
        (np.array(["a"]), (1, 1), lambda y_true, y_pred: y_pred),
        (tf.ragged.constant([[1.0], [2.0, 3.0]]), (2, None, 1), "mse"),
        (tf.TensorSpec(None, tf.float32), (None, 3), "mse"),
    ],
)
def test_accepted(y_true, output_shape, loss):
    check_targets("out", y_true, output_shape, losses.get(loss))


@pytest.mark.parametrize(
    ("y_true", "output_shape", "loss", "message"),
    [
        (
            zeros(8, 3),
            (8, 1),
            "mse",
            (
                r"targets have shape \(8, 3\), but the output has shape \(8, 1\)\. Give the last"
                r" layer 3 units"
            ),
        ),
        (
            zeros(8),
            (8, 3),
            "mse",
            r"shape \(8,\), but the output has shape \(8, 3\)\. Give the last layer 1 unit,",
        ),
        (zeros(8, 1), (8, 3), "mse", "Give the last layer 1 unit, or the targets 3 columns"),
        (
            zeros(8),
            (None, 3),
            "categorical_crossentropy",
            "For class ids use sparse_categorical_crossentropy",
        ),
        (zeros(8, 1), (None, 3), "categorical_crossentropy", r"to_categorical\(y, 3\)"),
        (
            zeros(8, 4),
            (None, 3),
            "categorical_crossentropy",
            "Give the last layer 4 units, or the targets 3 columns",
        ),
        (zeros(8, 2), (None, 1), "binary_crossentropy", "Give the last layer 2 units"),
        (zeros(8, 1), (8, 28, 28, 1), "mse", "more axes than the targets: is a Flatten"),
        (zeros(8, 5), (8, 6), "mse", "6 columns"),
        (zeros(8, 4, 4), (8, 5, 4), "mse", "must be equal, except for a last axis of size 1"),
        (
            zeros(8, 3),
            (None, 3),
            SPARSE,
            "look one-hot.*Use categorical_crossentropy, or pass y.argmax",
        ),
        (zeros(8, 2), (None, 3), SPARSE, r"needs class ids of shape \(None,\)"),
        (zeros(8), (None, 1), SPARSE, "single unit.*Use binary_crossentropy with a sigmoid"),
        (
            np.array([0, 3]),
            (2, 3),
            SPARSE,
            r"class ids must be in \[0, 3\), got 3. Give the last layer at least 4 units",
        ),
        (np.array([1, 2, 3]), (3, 3), SPARSE, "Ids start at 0: pass y - 1"),
        (np.array([0, -1]), (2, 3), SPARSE, r"got -1. To leave out.*ignore_class=-1"),
        (np.array([0, -1]), (2, None), SPARSE, "must not be negative, got -1"),
        (np.array([0.5, 1.0]), (2, 3), SPARSE, "needs whole numbers as class ids, got 0.5"),
        (np.array([np.nan, 1.0]), (2, 3), SPARSE, "whole numbers as class ids, got nan"),
        (tf.constant([7]), (1, 3), SPARSE, "got 7"),
        (zeros(0, 1), (None, 1), "mse", r"the targets are empty, their shape is \(0, 1\)"),
    ],
)
def test_refused(y_true, output_shape, loss, message):
    with pytest.raises(ValueError, match='Output "out".*' + message) as caught:
        check_targets("out", y_true, output_shape, losses.get(loss))
    assert len(str(caught.value)) < 300 and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "y_true", [np.array(["cat", "dog"]), np.array([{}, None]), tf.constant(["cat", "dog"])]
)
def test_targets_that_are_no_numbers(y_true):
    with pytest.raises(
        TypeError, match='Output "out": targets have dtype string, but a loss needs numbers'
    ):
        check_targets("out", y_true, (None, 2), SPARSE)


def test_labels_of_another_coding_are_warned_of():
    with pytest.warns(UserWarning, match=r"range from -1.0 to 1.0.*Labels -1 and 1 become"):
        check_targets("out", np.array([-1.0, 1.0]), (None, 1), losses.BinaryCrossentropy())


def test_every_built_in_loss_has_a_kind():
    for name, loss in registry.built_ins("losses").items():
        if loss not in (losses.Loss, losses.LossFunctionWrapper):
            assert kind_of(loss() if isinstance(loss, type) else loss), name
    assert kind_of(losses.Loss()) is None and kind_of([]) is None
