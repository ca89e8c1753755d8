"""F scores against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import fbeta_score

from tfk import metrics

RNG = np.random.default_rng(8)
LABELS = RNG.integers(0, 2, size=(30, 3))
SCORES = RNG.uniform(0.01, 1, size=(30, 3))
WEIGHTS = RNG.uniform(size=30)
PARTS = (slice(0, 12), slice(12, 13), slice(13, 30))


def over_batches(metric, weights, labels=LABELS):
    for part in PARTS:
        metric.update_state(labels[part], SCORES[part], None if weights is None else weights[part])
    return metric.result().numpy()


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
def test_scikit_learn(average, weights):
    for beta in (0.5, 1, 2.0):
        expected = fbeta_score(
            LABELS, SCORES > 0.4, beta=beta, average=average, sample_weight=weights
        )
        metric = metrics.FBetaScore(average=average, beta=beta, threshold=0.4)
        np.testing.assert_allclose(over_batches(metric, weights), expected, rtol=1e-5)
    one_hot, highest = np.eye(3)[RNG.integers(0, 3, size=30)], np.eye(3)[SCORES.argmax(-1)]
    expected = fbeta_score(one_hot, highest, beta=1, average=average, sample_weight=weights)
    np.testing.assert_allclose(
        over_batches(metrics.F1Score(average=average), weights, one_hot), expected, rtol=1e-5
    )


def test_f1_is_f_beta_with_beta_one():
    f1 = metrics.F1Score(threshold=0.5)
    assert f1.beta == 1.0 and "beta" not in f1.get_config()
    assert float(f1.result()) == 0.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: metrics.FBetaScore(average="mean"),
            ValueError,
            "expected average to be one of None, 'micro'",
        ),
        (lambda: metrics.FBetaScore(beta=0.0), ValueError, "expected beta to be above 0"),
        (lambda: metrics.FBetaScore(beta="1"), TypeError, "expected beta to be a number"),
        (lambda: metrics.F1Score(threshold=0), ValueError, "expected threshold to be above 0"),
        (
            lambda: metrics.F1Score(threshold=1.5),
            ValueError,
            "expected threshold to be at least 0 and at most 1",
        ),
        (
            lambda: metrics.F1Score().update_state([1, 0], [0.3, 0.4]),
            ValueError,
            r'F1Score "f1_score": expected.*\(2,\)',
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
