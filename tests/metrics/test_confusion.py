"""Counts, precision and recall against scikit-learn; thresholds, columns and errors."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sklearn_metrics

from tfk import metrics
from tfk.metrics import confusion_counts

RNG = np.random.default_rng(5)
LABELS = RNG.integers(0, 2, size=50)
SCORES = RNG.uniform(size=50)
WEIGHTS = RNG.uniform(size=50)
NAMES = ("true_positives", "false_positives", "true_negatives", "false_negatives")


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("threshold", [0.5, 0.2])
def test_scikit_learn(weights, threshold):
    (tn, fp), (fn, tp) = sklearn_metrics.confusion_matrix(
        LABELS, SCORES > threshold, sample_weight=weights
    )
    expected = {
        metrics.TruePositives: tp,
        metrics.FalsePositives: fp,
        metrics.TrueNegatives: tn,
        metrics.FalseNegatives: fn,
        metrics.Precision: sklearn_metrics.precision_score(
            LABELS, SCORES > threshold, sample_weight=weights
        ),
        metrics.Recall: sklearn_metrics.recall_score(
            LABELS, SCORES > threshold, sample_weight=weights
        ),
    }
    for kind, value in expected.items():
        metric = kind(thresholds=threshold)
        for part in (slice(0, 30), slice(30, 31), slice(31, 50)):
            metric.update_state(
                LABELS[part], SCORES[part], None if weights is None else weights[part]
            )
        assert float(metric.result()) == pytest.approx(value, rel=1e-5)
        several = kind(thresholds=[0.0, threshold, 0.9])
        several.update_state(LABELS, SCORES, weights)
        assert several.result().shape == (3,)
        assert float(several.result()[1]) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("columns", [None, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_bins_count_like_comparisons(columns, weighted):
    shape = (40,) if columns is None else (40, columns)
    scores = RNG.uniform(size=shape).astype("float32")
    scores.flat[:4] = (0.0, 1.0, 0.5, 0.25)
    labels, weights = (tf.constant(RNG.integers(0, 2, size=shape), tf.float32) for _ in range(2))
    weights = weights * 1.5 if weighted else None
    # AUC's outer thresholds, and those that a user gives.
    for thresholds in ((-1e-7, 0.25, 0.5, 0.75, 1 + 1e-7), (0.0, 0.25, 0.5, 0.75, 1.0)):
        binned, compared = (
            confusion_counts.count(labels, tf.constant(scores), weights, thresholds, evenly, NAMES)
            for evenly in (True, False)
        )
        for one, other in zip(binned, compared):
            np.testing.assert_allclose(one, other, rtol=1e-6)


def test_top_k_by_hand():
    labels = [[0, 1, 1, 0], [1, 0, 0, 1]]
    scores = [[0.1, 0.2, 0.9, 0.8], [0.4, 0.3, 0.2, 0.9]]
    assert float(metrics.Precision(top_k=2)(labels, scores)) == 0.75  # called: 2, 3 and 0, 3
    assert float(metrics.Recall(top_k=2)(labels, scores)) == 0.75
    assert float(metrics.Recall(top_k=1)(labels, scores)) == 0.5
    assert float(metrics.Precision(top_k=2, class_id=3)(labels, scores)) == 0.5
    assert float(metrics.Precision(top_k=2, thresholds=0.5)(labels, scores)) == pytest.approx(2 / 3)


def test_column_of_a_class_with_weights_per_sample():
    labels, scores = (
        np.eye(3)[[0, 1, 1, 2]],
        [[0.9, 0.6, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.1, 0.8, 0.1]],
    )
    metric = metrics.Precision(class_id=1)
    metric.update_state(labels, scores, sample_weight=[1.0, 2.0, 4.0, 8.0])
    assert float(metric.result()) == pytest.approx(2 / 11)
    assert metric.true_positives.numpy().tolist() == [2.0]


def test_nothing_at_all_gives_zero():
    assert float(metrics.Precision()([0, 1], [0.1, 0.2])) == 0.0
    assert float(metrics.Recall()([0, 0], [0.9, 0.2])) == 0.0


def test_ragged_labels():
    labels, scores = tf.ragged.constant([[1, 0], [1]]), tf.ragged.constant([[0.9, 0.8], [0.1]])
    assert float(metrics.Precision()(labels, scores)) == 0.5
    weighted = metrics.Recall()(labels, scores, sample_weight=[1.0, 3.0])
    assert float(weighted) == 0.25


@pytest.mark.parametrize("kind", [metrics.Precision, metrics.TruePositives])
@pytest.mark.parametrize("thresholds", [1.5, [0.2, -0.1], [None], []])
def test_thresholds_out_of_range(kind, thresholds):
    with pytest.raises(ValueError, match=f"{kind.__name__}.*expected thresholds in \\[0, 1\\]"):
        kind(thresholds=thresholds)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.Precision(top_k=0), "expected top_k to be a positive integer"),
        (lambda: metrics.Recall(class_id=-1), "expected class_id to be at least 0"),
        (
            lambda: metrics.Recall(class_id=2).update_state([[0, 1]], [[0.1, 0.9]]),
            r"class_id=2 does not exist in outputs of shape \(1, 2\)",
        ),
        (
            lambda: metrics.Recall(top_k=3).update_state([[0, 1]], [[0.1, 0.9]]),
            "top_k=3 does not exist",
        ),
        (
            lambda: metrics.Precision().update_state([1, 0], [[0.1, 0.9], [0.2, 0.8]]),
            (
                r"expected y_true and y_pred of one shape, got \(2,\) and \(2, 2\). Integer class"
                r" ids need"
            ),
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
