"""Margin losses by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import hinge_loss

from tfk import losses

SIGNS = np.array([[-1.0], [1.0], [1.0], [-1.0]])
SCORES = np.array([[0.5], [2.0], [-0.3], [-4.0]])


def test_scikit_learn():
    assert float(losses.Hinge()(SIGNS, SCORES)) == pytest.approx(
        hinge_loss(SIGNS[:, 0], SCORES[:, 0])
    )


def test_zeros_and_ones_are_converted_unless_another_label_is_there():
    np.testing.assert_allclose(losses.hinge((SIGNS + 1) / 2, SCORES), losses.hinge(SIGNS, SCORES))
    np.testing.assert_allclose(losses.hinge([[0.0, -1.0]], [[0.5, 0.5]]), [(1.0 + 1.5) / 2])


def test_by_hand():
    np.testing.assert_allclose(losses.squared_hinge(SIGNS, SCORES), [2.25, 0.0, 1.69, 0.0])
    # Right class 0.4, best wrong one 0.7; the margin of 1 is missed by 0.3 more.
    np.testing.assert_allclose(
        losses.categorical_hinge([[0.0, 1.0, 0.0]], [[0.7, 0.4, 0.2]]), [1.3]
    )
