"""Areas under curves and the best rates against scikit-learn and by hand."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sklearn_metrics

from tfk import metrics
from tfk.metrics.thresholds import area, curve_points

RNG = np.random.default_rng(6)
LABELS = RNG.integers(0, 2, size=200)
# Between the thresholds that are used below, so that the sums are exact.
SCORES = (RNG.integers(0, 100, size=200) + 0.5) / 100
SCORES = np.clip(SCORES + 0.2 * (LABELS - 0.5), 0.005, 0.995).round(3)
WEIGHTS = RNG.uniform(size=200)
PARTS = [slice(0, 90), slice(90, 91), slice(91, 200)]


def over_batches(metric, labels=LABELS, scores=SCORES, weights=None):
    for part in PARTS:
        metric.update_state(labels[part], scores[part], None if weights is None else weights[part])
    return float(metric.result())


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_roc_of_scikit_learn(weights):
    expected = sklearn_metrics.roc_auc_score(LABELS, SCORES, sample_weight=weights)
    assert over_batches(metrics.AUC(num_thresholds=1001), weights=weights) == pytest.approx(
        expected, abs=1e-5
    )
    fine = metrics.AUC(thresholds=np.arange(0.01, 1.0, 0.01).round(2))
    assert over_batches(fine, weights=weights) == pytest.approx(expected, abs=1e-5)


def test_bounds_enclose_the_area():
    for curve in ("ROC", "PR"):
        low, middle, high = (
            over_batches(metrics.AUC(num_thresholds=20, curve=curve, summation_method=method))
            for method in ("minoring", "interpolation", "majoring")
        )
        assert low < middle < high


def test_precision_recall_area_of_davis_and_goadrich():
    # Worked by hand: counts at three thresholds are TP = 4, 2, 0 and FP = 2, 1, 0 of 4 positives.
    # Precision is 2/3 between the first two; the segment to (0, 0) has no positives at its end and
    # counts slope * dTP / 4.
    labels = [1, 1, 0, 1, 1, 0]
    scores = [0.8, 0.7, 0.9, 0.3, 0.2, 0.1]
    metric = metrics.AUC(num_thresholds=3, curve="PR")
    metric.update_state(labels, scores)
    assert float(metric.result()) == pytest.approx(2 / 3 * 2 / 4 + 2 / 3 * 2 / 4)
    assert float(metric.interpolate_pr_auc()) == float(metric.result())


def test_precision_recall_area_is_close_to_the_average_precision():
    expected = sklearn_metrics.average_precision_score(LABELS, SCORES)
    assert over_batches(metrics.AUC(num_thresholds=1001, curve="PR")) == pytest.approx(
        expected, abs=5e-3
    )


def test_points_of_curves_by_hand():
    tp, fp, tn, fn = (
        tf.constant(counts) for counts in ([4.0, 3.0], [6.0, 1.0], [0.0, 5.0], [0.0, 1.0])
    )
    np.testing.assert_allclose(curve_points("ROC", tp, tn, fp, fn), [[1, 1 / 6], [1, 0.75]])
    np.testing.assert_allclose(curve_points("PR", tp, tn, fp, fn), [[1, 0.75], [0.4, 0.75]])
    # Flach and Kull: gain(x) = 1 - (positives / negatives) * (1 - x) / x, with (1 - recall) /
    # recall = FN / TP.
    gains = [[1, 1 - 4 / 6 / 3], [1 - 4 / 6 * 6 / 4, 1 - 4 / 6 / 3]]
    np.testing.assert_allclose(curve_points("PR_GAIN", tp, tn, fp, fn), gains, rtol=1e-6, atol=1e-6)
    assert (
        float(area(tf.constant([1.0, 0.5, 0.0]), tf.constant([1.0, 0.5, 0.0]), "interpolation"))
        == 0.5
    )
    assert (
        float(area(tf.constant([1.0, 0.5, 0.0]), tf.constant([1.0, 0.5, 0.0]), "majoring")) == 0.75
    )


@pytest.mark.parametrize(
    "fine", [{"num_thresholds": 101}, {"thresholds": np.arange(0.02, 1.0, 0.01)}]
)
def test_labels_apart(fine):
    labels = RNG.integers(0, 2, size=(200, 3))
    scores = np.clip((RNG.integers(0, 100, size=(200, 3)) + 0.5) / 100, 0.02, 0.98)
    expected = sklearn_metrics.roc_auc_score(labels, scores, average=None)
    metric = metrics.AUC(multi_label=True, **fine)
    assert over_batches(metric, labels, scores) == pytest.approx(expected.mean(), abs=2e-3)
    weighted = metrics.AUC(multi_label=True, num_labels=3, label_weights=[0.0, 3.0, 1.0], **fine)
    assert over_batches(weighted, labels, scores) == pytest.approx(
        expected @ [0, 0.75, 0.25], abs=2e-3
    )
    by_sample = metrics.AUC(multi_label=True, **fine)
    expected = sklearn_metrics.roc_auc_score(labels, scores, sample_weight=WEIGHTS)
    assert over_batches(by_sample, labels, scores, WEIGHTS) == pytest.approx(expected, abs=2e-3)


def test_label_weights_and_sample_weights_multiply():
    labels, scores = RNG.integers(0, 2, size=(200, 2)), SCORES.reshape(-1, 1) * [0.9, 0.5]
    metric = metrics.AUC(num_thresholds=1001, label_weights=[1.0, 2.0])
    expected = sklearn_metrics.roc_auc_score(
        labels.ravel(), scores.ravel(), sample_weight=(WEIGHTS[:, None] * [1.0, 2.0]).ravel()
    )
    assert over_batches(metric, labels, scores, WEIGHTS) == pytest.approx(expected, abs=1e-3)


def test_logits():
    logits = np.log(SCORES / (1 - SCORES))
    expected = over_batches(metrics.AUC())
    assert over_batches(metrics.AUC(from_logits=True), scores=logits) == pytest.approx(
        expected, abs=1e-3
    )


def test_best_rates_of_the_roc_curve():
    false_rates, true_rates, _ = sklearn_metrics.roc_curve(LABELS, SCORES, drop_intermediate=False)
    metric = metrics.SensitivityAtSpecificity(0.7, num_thresholds=1001)
    assert over_batches(metric) == pytest.approx(true_rates[1 - false_rates >= 0.7].max(), abs=1e-6)
    metric = metrics.SpecificityAtSensitivity(0.7, num_thresholds=1001)
    assert over_batches(metric) == pytest.approx(1 - false_rates[true_rates >= 0.7].min(), abs=1e-6)
    precisions, recalls, _ = sklearn_metrics.precision_recall_curve(LABELS, SCORES)
    metric = metrics.PrecisionAtRecall(0.6, num_thresholds=1001)
    assert over_batches(metric) == pytest.approx(precisions[recalls >= 0.6].max(), abs=1e-6)
    metric = metrics.RecallAtPrecision(0.75, num_thresholds=1001)
    assert over_batches(metric) == pytest.approx(recalls[precisions >= 0.75].max(), abs=1e-6)


def test_unreachable_rates_give_zero():
    metric = metrics.RecallAtPrecision(0.9, num_thresholds=3)
    assert float(metric([0, 0, 1], [0.9, 0.8, 0.1])) == 0.0


def test_results_before_the_first_batch():
    assert float(metrics.AUC().result()) == 0.0
    assert float(metrics.AUC(multi_label=True).result()) == 0.0


def test_thresholds_are_lists():
    assert metrics.AUC(thresholds=[0.7, 0.2]).thresholds == [-1e-7, 0.2, 0.7, 1 + 1e-7]
    assert metrics.Precision(thresholds=[0.2, 0.4]).thresholds == [0.2, 0.4]
    assert metrics.PrecisionAtRecall(0.5, num_thresholds=3).thresholds == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.AUC(num_thresholds=1), "expected num_thresholds to be at least 2, got 1"),
        (
            lambda: metrics.AUC(curve="RO"),
            "expected curve to be one of 'ROC', 'PR', 'PR_GAIN', got 'RO'",
        ),
        (
            lambda: metrics.AUC(summation_method="sum"),
            "expected summation_method to be one of 'interpolation'",
        ),
        (lambda: metrics.AUC(thresholds=[-0.2]), r"expected thresholds in \[0, 1\], got \[-0.2\]"),
        (
            lambda: metrics.AUC(num_labels=2),
            "num_labels=2 requires multi_label=True",
        ),
        (
            lambda: metrics.AUC(label_weights=[1.0, -1.0]),
            "expected label_weights to be a list of numbers of at least 0",
        ),
        (
            lambda: metrics.AUC(multi_label=True, num_labels=3).update_state(
                [[0, 1]], [[0.1, 0.2]]
            ),
            r"expected scores of shape \(batch, 3\).*got \(1, 2\)",
        ),
        (
            lambda: metrics.AUC(multi_label=True).update_state([0, 1], [0.1, 0.2]),
            r"of shape \(batch, labels\).*got \(2,\)",
        ),
        (
            lambda: metrics.SensitivityAtSpecificity(1.5),
            "expected specificity to be at least 0 and at most 1, got 1.5",
        ),
        (lambda: metrics.SpecificityAtSensitivity(-1), "expected sensitivity"),
        (lambda: metrics.PrecisionAtRecall(2), "expected recall"),
        (
            lambda: metrics.RecallAtPrecision(0.5, num_thresholds=0),
            "expected num_thresholds to be a positive integer",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
