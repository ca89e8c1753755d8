"""Accuracies by scikit-learn, from logits, weighted; errors."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sklearn_metrics

from tfk import metrics
from tfk.utils.logits import attach_logits

RNG = np.random.default_rng(3)
IDS = RNG.integers(0, 5, size=40)
SCORES = RNG.dirichlet(np.ones(5), size=40).astype("float32")
WEIGHTS = RNG.uniform(size=40)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_scikit_learn(weights):
    expected = sklearn_metrics.accuracy_score(IDS, SCORES.argmax(-1), sample_weight=weights)
    one_hot = np.eye(5)[IDS]
    for metric, targets in (
        (metrics.SparseCategoricalAccuracy(), IDS),
        (metrics.SparseCategoricalAccuracy(), IDS[:, None]),
        (metrics.CategoricalAccuracy(), one_hot),
    ):
        assert float(metric(targets, SCORES, sample_weight=weights)) == pytest.approx(
            expected, rel=1e-6
        )
    for k in (1, 2, 3):
        expected = sklearn_metrics.top_k_accuracy_score(
            IDS, SCORES, k=k, sample_weight=weights, labels=range(5)
        )
        for metric, targets in (
            (metrics.SparseTopKCategoricalAccuracy(k), IDS),
            (metrics.TopKCategoricalAccuracy(k), one_hot),
        ):
            assert float(metric(targets, SCORES, sample_weight=weights)) == pytest.approx(
                expected, rel=1e-6
            )
    yes, score = IDS == 0, SCORES[:, :1]
    expected = sklearn_metrics.accuracy_score(yes, score[:, 0] > 0.3, sample_weight=weights)
    metric = metrics.BinaryAccuracy(threshold=0.3)
    assert float(metric(yes[:, None], score, sample_weight=weights)) == pytest.approx(
        expected, rel=1e-6
    )


def test_the_softmax_of_an_output_is_not_needed():
    @tf.function(autograph=False)
    def update(targets, logits):
        metric.update_state(targets, attach_logits(tf.nn.softmax(logits), logits, "softmax"))

    metric = metrics.SparseCategoricalAccuracy()
    update(tf.constant(IDS), tf.math.log(SCORES))
    assert float(metric.result()) == np.mean(IDS == SCORES.argmax(-1), dtype="float32")
    graph = update.get_concrete_function(tf.constant(IDS), tf.math.log(SCORES)).graph
    argmax = next(op for op in graph.get_operations() if op.type == "ArgMax")
    assert argmax.inputs[0].op.type == "Placeholder"


def test_exact_accuracy_compares_in_the_dtype_of_the_targets():
    assert metrics.accuracy([1, 2], [1.0, 3.0]).numpy().tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: metrics.Accuracy().update_state([1, 2], [[0.1, 0.9], [0.2, 0.8]]),
            ValueError,
            r"accuracy: expected y_true and y_pred of one shape, got \(2,\) and \(2, 2\)",
        ),
        (
            lambda: metrics.TopKCategoricalAccuracy(k=0),
            ValueError,
            "TopKCategoricalAccuracy: expected k to be a positive",
        ),
        (
            lambda: metrics.BinaryAccuracy(threshold="high"),
            TypeError,
            "expected threshold to be a number, got 'high'",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
