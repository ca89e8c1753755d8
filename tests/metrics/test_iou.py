"""Intersection over union against scikit-learn's Jaccard index."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import jaccard_score

from tfk import metrics

RNG = np.random.default_rng(7)
TRUE, PRED = RNG.integers(0, 3, size=(2, 6, 4, 4))
WEIGHTS = RNG.uniform(size=(6, 4, 4))


def over_batches(metric, true=TRUE, pred=PRED, weights=None):
    for part in (slice(0, 3), slice(3, 4), slice(4, 6)):
        metric.update_state(true[part], pred[part], None if weights is None else weights[part])
    return float(metric.result())


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_scikit_learn(weights):
    flat = None if weights is None else weights.ravel()
    scores = jaccard_score(TRUE.ravel(), PRED.ravel(), average=None, sample_weight=flat)
    assert over_batches(metrics.MeanIoU(3), weights=weights) == pytest.approx(
        scores.mean(), rel=1e-5
    )
    assert over_batches(metrics.IoU(3, [0, 2]), weights=weights) == pytest.approx(
        scores[[0, 2]].mean(), rel=1e-5
    )
    one_hot, logits = np.eye(3)[TRUE], np.eye(3)[PRED] * 2.0
    assert over_batches(metrics.OneHotMeanIoU(3), one_hot, logits, weights) == pytest.approx(
        scores.mean(), rel=1e-5
    )
    first = metrics.OneHotIoU(3, (1,), axis=1)
    moved = [np.moveaxis(value, -1, 1) for value in (one_hot, logits)]
    assert over_batches(first, *moved, weights) == pytest.approx(scores[1], rel=1e-5)


def test_one_weight_per_image():
    weights = RNG.uniform(size=6)
    pixels = np.broadcast_to(weights[:, None, None], TRUE.shape)
    assert over_batches(metrics.MeanIoU(3), weights=weights) == pytest.approx(
        over_batches(metrics.MeanIoU(3), weights=pixels), rel=1e-6
    )
    assert over_batches(metrics.MeanIoU(3), weights=[2.0] * 6) == pytest.approx(
        over_batches(metrics.MeanIoU(3))
    )


def test_ignored_class():
    kept = TRUE != 2
    expected = jaccard_score(TRUE[kept], PRED[kept], average=None, labels=[0, 1])
    assert over_batches(metrics.IoU(3, [0, 1], ignore_class=2)) == pytest.approx(
        expected.mean(), rel=1e-5
    )
    void = np.where(kept, TRUE, 255)
    assert over_batches(metrics.IoU(3, [0, 1], ignore_class=255), void) == pytest.approx(
        expected.mean(), rel=1e-5
    )


def test_binary_threshold():
    scores = RNG.uniform(size=TRUE.shape).astype("float32")
    scores.flat[0] = 0.5  # from the threshold on
    expected = jaccard_score((TRUE > 0).ravel(), (scores >= 0.5).ravel(), average=None)
    metric = metrics.BinaryIoU()
    assert over_batches(metric, TRUE > 0, scores) == pytest.approx(expected.mean(), rel=1e-5)


def test_classes_that_do_not_occur_are_left_out():
    metric = metrics.MeanIoU(5)
    assert float(metric([0, 1], [0, 1])) == 1.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: metrics.IoU(3, [3]),
            ValueError,
            r"expected target_class_ids in \[0, 3\), got \[3\]",
        ),
        (lambda: metrics.IoU(3, []), ValueError, "expected target_class_ids"),
        (
            lambda: metrics.MeanIoU(0),
            ValueError,
            "MeanIoU: expected num_classes to be a positive integer, got 0",
        ),
        (
            lambda: metrics.MeanIoU(2).update_state([5], [0]),
            tf.errors.InvalidArgumentError,
            r"\[5, 0\]",
        ),
        (
            lambda: metrics.MeanIoU(2).update_state([0], [2]),
            tf.errors.InvalidArgumentError,
            r"\[0, 2\]",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
