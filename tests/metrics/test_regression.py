"""Errors and scores of real-valued outputs against scikit-learn, over uneven batches."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from tfk import metrics

RNG = np.random.default_rng(4)
TRUE, PRED = np.abs(RNG.normal(size=(2, 23, 3))) + 0.2
WEIGHTS = RNG.uniform(size=23)
PARTS = [slice(0, 10), slice(10, 11), slice(11, 23)]


def over_batches(metric, weights=None):
    for part in PARTS:
        metric.update_state(TRUE[part], PRED[part], None if weights is None else weights[part])
    return metric.result().numpy()


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize(
    ("metric", "function", "factor"),
    [
        ("MeanSquaredError", "mean_squared_error", 1),
        ("MeanAbsoluteError", "mean_absolute_error", 1),
        ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", 100),
        ("MeanSquaredLogarithmicError", "mean_squared_log_error", 1),
        ("R2Score", "r2_score", 1),
    ],
)
def test_scikit_learn(metric, function, factor, weights):
    expected = getattr(sklearn_metrics, function)(TRUE, PRED, sample_weight=weights) * factor
    np.testing.assert_allclose(
        over_batches(getattr(metrics, metric)(), weights), expected, rtol=1e-4
    )


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_root_is_taken_over_all_batches(weights):
    squares = (TRUE - PRED) ** 2
    expected = np.sqrt(
        np.average(squares, weights=None if weights is None else np.repeat(weights[:, None], 3, 1))
    )
    np.testing.assert_allclose(
        over_batches(metrics.RootMeanSquaredError(), weights), expected, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("aggregation", "multioutput"),
    [
        (None, "raw_values"),
        ("uniform_average", "uniform_average"),
        ("variance_weighted_average", "variance_weighted"),
    ],
)
def test_aggregations_of_r2(aggregation, multioutput):
    expected = sklearn_metrics.r2_score(TRUE, PRED, sample_weight=WEIGHTS, multioutput=multioutput)
    result = over_batches(metrics.R2Score(class_aggregation=aggregation, dtype="float64"), WEIGHTS)
    np.testing.assert_allclose(result, expected, rtol=1e-9)


def test_adjusted_r2():
    one = metrics.R2Score(num_regressors=2)
    one.update_state(TRUE[:, :1], PRED[:, :1])
    plain = sklearn_metrics.r2_score(TRUE[:, 0], PRED[:, 0])
    np.testing.assert_allclose(one.result(), 1 - (1 - plain) * 22 / 20, rtol=1e-4)
    for samples in (2, 3):  # too few: the plain score
        few = metrics.R2Score(num_regressors=2, dtype="float64")
        few.update_state(TRUE[:samples, :1], PRED[:samples, :1])
        np.testing.assert_allclose(
            few.result(), sklearn_metrics.r2_score(TRUE[:samples, 0], PRED[:samples, 0]), rtol=1e-4
        )


def test_relative_error_and_cosine():
    np.testing.assert_allclose(
        metrics.MeanRelativeError(TRUE[:10])(TRUE[:10], PRED[:10]),
        np.mean(np.abs(TRUE - PRED)[:10] / TRUE[:10]),
        rtol=1e-5,
    )
    relative = metrics.MeanRelativeError([[2.0], [0.0]])
    assert float(relative([3.0, 1.0], [1.0, 5.0])) == 0.5  # the second is left at 0
    cosines = (TRUE * PRED).sum(-1) / np.linalg.norm(TRUE, axis=-1) / np.linalg.norm(PRED, axis=-1)
    np.testing.assert_allclose(
        over_batches(metrics.CosineSimilarity(), WEIGHTS),
        np.average(cosines, weights=WEIGHTS),
        rtol=1e-5,
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: metrics.R2Score(class_aggregation="best"),
            "expected class_aggregation to be one of None, 'uniform",
        ),
        (lambda: metrics.R2Score(num_regressors=-1), "expected num_regressors to be at least 0"),
        (
            lambda: metrics.R2Score().update_state([1.0], [2.0]),
            r"of shape \(batch, columns\).*got \(1,\) and \(1,\)",
        ),
        (
            lambda: metrics.R2Score().update_state([[1.0]], [[2.0, 1.0]]),
            r"got \(1, 1\) and \(1, 2\)",
        ),
        (
            lambda: metrics.MeanRelativeError([1.0]).update_state([[1.0, 2.0]], [[1.0, 2.0, 3.0]]),
            r"expected y_true and y_pred of one shape, got \(1, 2\) and \(1, 3\)",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_r2_before_the_first_batch():
    assert float(metrics.R2Score().result()) == 0.0
