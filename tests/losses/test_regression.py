"""Losses of real-valued targets against numbers from their definitions."""

import numpy as np
import pytest
from scipy import special

from tfk import config, losses

TRUE = np.array([[1.0, -2.0, 0.5], [4.0, 0.0, 3.0]])
PRED = np.array([[0.5, -1.0, 2.5], [4.0, 1.0, -1.0]])
ERROR = PRED - TRUE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean_squared_error", [5.25 / 3, 17 / 3]),
        ("mean_absolute_error", [3.5 / 3, 5 / 3]),
        ("log_cosh", np.log(np.cosh(ERROR)).mean(-1)),
        ("huber", special.huber(1.0, ERROR).mean(-1)),
        (
            "mean_absolute_percentage_error",
            [100 * (0.5 + 0.5 + 4) / 3, 100 * (0 + 1e7 + 4 / 3) / 3],
        ),
        ("mean_squared_logarithmic_error", None),
        ("cosine_similarity", None),
    ],
)
def test_definitions(name, expected):
    if name == "mean_squared_logarithmic_error":
        logs = [np.log(np.maximum(y, config.epsilon()) + 1) for y in (TRUE, PRED)]
        expected = ((logs[0] - logs[1]) ** 2).mean(-1)
    if name == "cosine_similarity":
        expected = (
            -(TRUE * PRED).sum(-1) / np.linalg.norm(TRUE, axis=-1) / np.linalg.norm(PRED, axis=-1)
        )
    np.testing.assert_allclose(getattr(losses, name)(TRUE, PRED), expected, rtol=1e-6)


def test_dtypes_follow_the_outputs():
    for dtype in ("float16", "float32", "float64"):
        assert losses.mean_squared_error(TRUE, PRED.astype(dtype)).dtype == dtype
    assert losses.mean_absolute_error(
        [[1, 2]], np.array([[1.5, 2.0]], "float32")
    ).numpy().tolist() == [0.25]


def test_log_cosh_of_large_errors_does_not_overflow():
    np.testing.assert_allclose(losses.log_cosh([[0.0]], [[1000.0]]), [1000 - np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(losses.log_cosh([[0.0]], [[-1000.0]]), [1000 - np.log(2)], rtol=1e-6)


def test_huber_delta_by_hand():
    # |e| = 0.5 inside: 0.125; |e| = 3 outside: 2 * 3 - 0.5 * 4 = 4.
    np.testing.assert_allclose(
        losses.huber([[0.0, 0.0]], [[0.5, -3.0]], delta=2.0), [(0.125 + 4) / 2]
    )
