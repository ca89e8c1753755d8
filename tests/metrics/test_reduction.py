"""Means and sums by hand; wrapped functions; masks, ragged values, errors."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import metrics
from tfk.utils.masks import set_mask


def test_mean_and_sum_by_hand():
    mean, total = metrics.Mean(), metrics.Sum()
    for metric in (mean, total):
        metric.update_state([[1.0, 2.0], [3.0, 4.0]], sample_weight=[1.0, 0.5])
        metric.update_state(10.0, sample_weight=3)
    assert float(total.result()) == 3 + 3.5 + 30
    assert float(mean.result()) == pytest.approx(36.5 / (2 + 1 + 3))


def test_one_weight_for_a_block_of_values():
    mean = metrics.Mean()
    mean.update_state(np.arange(8.0).reshape(2, 2, 2), sample_weight=[1.0, 3.0])
    assert float(mean.result()) == (1.5 + 3 * 5.5) / 4


def test_a_scalar_with_a_weight_per_sample():
    mean = metrics.Mean()
    mean.update_state(2.0, sample_weight=[1.0, 3.0])
    mean.update_state(8.0, sample_weight=[[2.0]])
    assert float(mean.result()) == (2 * 4 + 8 * 2) / 6


def test_integers_booleans_and_empty_batches():
    mean = metrics.Mean()
    mean.update_state(np.array([True, False, True, True]))
    mean.update_state(np.zeros((0,)))
    assert float(mean.result()) == 0.75
    mean.update_state(tf.constant([1, 2, 3, 4]))
    assert float(mean.result()) == 13 / 8


def test_masks_of_values_and_weights():
    def masked(y_true, y_pred):
        values = y_pred[:, 0] + 0.0
        set_mask(values, y_true[:, 0] > 0)
        return values

    metric = metrics.MeanMetricWrapper(masked)
    metric.update_state([[1.0], [0.0], [1.0]], [[3.0], [100.0], [5.0]])
    assert float(metric.result()) == 4.0
    metric.reset_state()
    metric.update_state(
        [[1.0], [0.0], [1.0]], [[3.0], [100.0], [5.0]], sample_weight=[3.0, 1.0, 1.0]
    )
    assert float(metric.result()) == 14 / 4


def test_arguments_of_wrapped_functions_are_kept():
    def scaled(y_true, y_pred, factor):
        return factor * tf.reduce_mean(y_pred, axis=-1)

    metric = metrics.MeanMetricWrapper(scaled, name="scaled", factor=2.0)
    assert float(metric([[0.0]], [[3.0]])) == 6.0
    assert metric.get_config() == {
        "name": "scaled",
        "dtype": "float32",
        "factor": 2.0,
        "fn": scaled,
    }
    again = metrics.MeanMetricWrapper.from_config(metric.get_config())
    assert float(again([[0.0]], [[3.0]])) == 6.0


def test_branches_in_wrapped_functions():
    def branching(y_true, y_pred):
        if tf.reduce_sum(y_true) > 0:
            return y_pred
        return -y_pred

    metric = metrics.MeanMetricWrapper(branching)
    update = tf.function(metric.update_state, autograph=False)
    update(tf.ones((1, 1)), tf.ones((1, 1)))
    update(-tf.ones((1, 1)), 3.0 * tf.ones((1, 1)))
    assert float(metric.result()) == -1.0


def test_updates_are_few_operations():
    metric = metrics.MeanSquaredError()
    spec = tf.TensorSpec([32, 1], tf.float32)
    graph = (
        tf.function(metric.update_state, autograph=False).get_concrete_function(spec, spec).graph
    )
    kinds = [
        op.type
        for op in graph.get_operations()
        if op.type not in ("Placeholder", "Const", "NoOp", "Identity")
    ]
    assert kinds.count("AssignAddVariableOp") == 2
    assert not {"Assert", "StatefulPartitionedCall", "If", "While"} & set(kinds)
    assert len(kinds) <= 7, kinds


def test_ragged_values_and_weights():
    values = tf.ragged.constant([[1.0, 2.0], [6.0]])
    mean = metrics.Mean()
    mean.update_state(values)
    assert float(mean.result()) == 3.0
    mean.reset_state()
    mean.update_state(values, sample_weight=[1.0, 2.0])  # one per row
    assert float(mean.result()) == (1 + 2 + 12) / 4
    mean.reset_state()
    mean.update_state(values, sample_weight=tf.ragged.constant([[1.0, 0.0], [1.0]]))
    assert float(mean.result()) == 3.5


def test_ragged_class_ids():
    ids = tf.ragged.constant([[0, 1], [2]])
    scores = tf.RaggedTensor.from_row_lengths(
        tf.constant([[0.9, 0.1, 0], [0.1, 0.2, 0.7], [0.1, 0.1, 0.8]]), [2, 1]
    )
    assert float(metrics.SparseCategoricalAccuracy()(ids, scores)) == pytest.approx(2 / 3)
    weighted = metrics.SparseCategoricalAccuracy()(ids, scores, sample_weight=[1.0, 2.0])
    assert float(weighted) == pytest.approx(3 / 4)


def test_mean_tensor_by_hand():
    metric = metrics.MeanTensor(shape=(2,))
    metric.update_state([1.0, 2.0], sample_weight=[1.0, 0.0])
    metric.update_state([3.0, 5.0], sample_weight=3.0)
    assert metric.result().numpy().tolist() == [2.5, 5.0]
    assert metric.total.numpy().tolist() == [10.0, 15.0] and metric.count.numpy().tolist() == [
        4.0,
        3.0,
    ]
    assert metrics.MeanTensor().total is None


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: metrics.MeanTensor().result(),
            ValueError,
            'MeanTensor "mean_tensor": there is no result before',
        ),
        (
            lambda: metrics.MeanTensor(shape=(2,)).update_state([1.0]),
            ValueError,
            r"expected values of shape \(2,\), got \(1,\)",
        ),
        (lambda: metrics.MeanTensor(shape=(None,)), ValueError, "expected values of a known shape"),
        (
            lambda: metrics.Mean().update_state({"a": 1.0}),
            TypeError,
            "expected one tensor of values, got dict",
        ),
        (
            lambda: metrics.Mean().update_state(np.ones((2, 2)), sample_weight=[1.0, 2.0, 3.0]),
            ValueError,
            r"sample_weight has shape \(3,\), which does not fit values of shape \(2, 2\)",
        ),
        (
            lambda: metrics.MeanSquaredError().update_state(tf.ragged.constant([[1.0]]), [[1.0]]),
            TypeError,
            "must be both ragged or both dense",
        ),
        (
            lambda: metrics.Mean().update_state([1.0], sample_weight=tf.ragged.constant([[1.0]])),
            TypeError,
            "sample_weight is ragged",
        ),
        (
            lambda: metrics.MeanSquaredError().update_state(
                tf.ragged.constant([[1.0], [2.0, 3.0]]), tf.ragged.constant([[1.0, 2.0], [3.0]])
            ),
            tf.errors.InvalidArgumentError,
            "Rows of ragged tensors differ in length",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
