"""Every metric against tf_keras: uneven batches, weights of every rank, graphs, loops, XLA, config,
merging.
"""

import functools
import inspect

import numpy as np
import pytest
import tensorflow as tf

from tests.support.compare import assert_close
from tests.support.oracle import KERAS_2_21
from tfk import metrics
from tfk.saving import configs

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
SIZES = (5, 2, 4)  # three uneven batches


def batches(make):
    return [make(size) for size in SIZES]


def distribution(*shape):
    scores = RNG.uniform(0.05, 1.0, size=shape).astype("float32")
    return scores / scores.sum(-1, keepdims=True)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def uniform(*shape):
    return RNG.uniform(size=shape).astype("float32")


def bits(*shape):
    return RNG.integers(0, 2, size=shape).astype("float32")


def one_hot(*shape):
    return np.eye(4, dtype="float32")[RNG.integers(0, 4, size=shape)]


REAL = batches(lambda n: (normal(n, 3), normal(n, 3)))
POSITIVE = batches(lambda n: (np.abs(normal(n, 3)), np.abs(normal(n, 3)) + 0.1))
COLUMN = batches(lambda n: (bits(n, 1), uniform(n, 1)))
VECTOR = batches(lambda n: (bits(n), uniform(n)))
BINARY = batches(lambda n: (bits(n, 4), uniform(n, 4)))
LOGITS = batches(lambda n: (bits(n, 1), normal(n, 1)))
CLASSES = batches(lambda n: (one_hot(n), distribution(n, 4)))
IDS = batches(lambda n: (RNG.integers(0, 4, size=(n, 1)), distribution(n, 4)))
FLAT_IDS = batches(lambda n: (RNG.integers(0, 4, size=n), distribution(n, 4)))
SEQUENCES = batches(lambda n: (RNG.integers(0, 4, size=(n, 3)), distribution(n, 3, 4)))
SEGMENTS = batches(lambda n: (RNG.integers(0, 3, size=(n, 2)), RNG.integers(0, 3, size=(n, 2))))
EXACT = batches(lambda n: (RNG.integers(0, 3, size=(n, 1)), RNG.integers(0, 3, size=(n, 1))))
MASKS = batches(lambda n: (bits(n, 6), uniform(n, 6)))
ONE_HOT_PIXELS = batches(lambda n: (one_hot(n, 2), distribution(n, 2, 4)))

THRESHOLDS = [0.2, 0.5, 0.9]
EVEN = [0.0, 0.25, 0.5, 0.75, 1.0]

# Class name, arguments, data.
CASES = [
    ("Accuracy", {}, EXACT),
    ("BinaryAccuracy", {}, COLUMN),
    ("BinaryAccuracy", {"threshold": 0.7}, BINARY),
    ("CategoricalAccuracy", {}, CLASSES),
    ("SparseCategoricalAccuracy", {}, IDS),
    ("SparseCategoricalAccuracy", {}, FLAT_IDS),
    ("SparseCategoricalAccuracy", {}, SEQUENCES),
    ("TopKCategoricalAccuracy", {"k": 2}, CLASSES),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, IDS),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, SEQUENCES),
    ("MeanSquaredError", {}, REAL),
    ("MeanAbsoluteError", {}, REAL),
    ("MeanAbsolutePercentageError", {}, REAL),
    ("MeanSquaredLogarithmicError", {}, POSITIVE),
    ("RootMeanSquaredError", {}, REAL),
    ("LogCoshError", {}, REAL),
    ("CosineSimilarity", {}, REAL),
    ("CosineSimilarity", {"axis": 1}, REAL),
    ("MeanRelativeError", {"normalizer": [1.0, 0.0, 3.0]}, REAL),
    ("R2Score", {}, REAL),
    ("R2Score", {"class_aggregation": None}, REAL),
    ("R2Score", {"class_aggregation": "variance_weighted_average", "num_regressors": 2}, REAL),
    ("Hinge", {}, COLUMN),
    ("SquaredHinge", {}, REAL),
    ("CategoricalHinge", {}, CLASSES),
    ("BinaryCrossentropy", {}, COLUMN),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, LOGITS),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, CLASSES),
    ("CategoricalCrossentropy", {"from_logits": True}, CLASSES),
    ("SparseCategoricalCrossentropy", {}, IDS),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, SEQUENCES),
    ("KLDivergence", {}, CLASSES),
    ("Poisson", {}, POSITIVE),
    ("TruePositives", {}, COLUMN),
    ("TrueNegatives", {"thresholds": THRESHOLDS}, BINARY),
    ("FalsePositives", {"thresholds": EVEN}, VECTOR),
    ("FalseNegatives", {"thresholds": 0.3}, VECTOR),
    ("Precision", {}, COLUMN),
    ("Precision", {"thresholds": THRESHOLDS}, BINARY),
    ("Precision", {"thresholds": EVEN, "class_id": 1}, BINARY),
    ("Precision", {"top_k": 2}, BINARY),
    ("Precision", {"top_k": 2, "class_id": 3}, BINARY),
    ("Recall", {}, VECTOR),
    ("Recall", {"thresholds": THRESHOLDS}, BINARY),
    ("Recall", {"top_k": 3, "thresholds": 0.4}, BINARY),
    ("Recall", {"class_id": 0}, BINARY),
    ("SensitivityAtSpecificity", {"specificity": 0.4}, COLUMN),
    ("SpecificityAtSensitivity", {"sensitivity": 0.6, "num_thresholds": 20}, COLUMN),
    ("PrecisionAtRecall", {"recall": 0.5, "class_id": 2}, BINARY),
    ("RecallAtPrecision", {"precision": 0.55}, BINARY),
    ("RecallAtPrecision", {"precision": 1.0, "num_thresholds": 1}, BINARY),
    ("AUC", {}, COLUMN),
    ("AUC", {"curve": "PR"}, VECTOR),
    ("AUC", {"curve": "PR", "summation_method": "majoring", "num_thresholds": 11}, BINARY),
    ("AUC", {"summation_method": "minoring", "thresholds": [0.1, 0.3, 0.8]}, BINARY),
    *([("AUC", {"curve": "PR_GAIN"}, COLUMN)] if KERAS_2_21 else []),
    ("AUC", {"multi_label": True}, BINARY),
    (
        "AUC",
        {
            "multi_label": True,
            "num_labels": 4,
            "curve": "PR",
            "label_weights": [1.0, 2.0, 0.0, 1.0],
        },
        BINARY,
    ),
    ("AUC", {"multi_label": True, "thresholds": [0.4, 0.6]}, BINARY),
    ("AUC", {"label_weights": [1.0, 2.0, 0.0, 1.0]}, BINARY),
    ("AUC", {"from_logits": True}, LOGITS),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, SEGMENTS),
    ("IoU", {"num_classes": 3, "target_class_ids": [1], "ignore_class": 2}, SEGMENTS),
    ("MeanIoU", {"num_classes": 4}, SEGMENTS),
    ("BinaryIoU", {"threshold": 0.4}, MASKS),
    ("BinaryIoU", {"target_class_ids": [1]}, MASKS),
    ("OneHotIoU", {"num_classes": 4, "target_class_ids": [0, 3]}, ONE_HOT_PIXELS),
    ("OneHotMeanIoU", {"num_classes": 4, "ignore_class": 1}, ONE_HOT_PIXELS),
    ("FBetaScore", {"beta": 2.0}, CLASSES),
    ("FBetaScore", {"average": "micro", "beta": 0.5, "threshold": 0.5}, BINARY),
    ("F1Score", {"average": "macro"}, CLASSES),
    ("F1Score", {"average": "weighted", "threshold": 0.3}, BINARY),
]
# Metrics that take values, not pairs of targets and predictions, and base classes: see
# test_reduction.py and test_metric.py.
OF_VALUES = {"Mean", "MeanMetricWrapper", "MeanTensor", "Metric", "Sum"}
every_metric = pytest.mark.parametrize(
    ("name", "arguments", "data"),
    CASES,
    ids=[f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)],
)


def both(name, arguments):
    return getattr(metrics, name)(**arguments), getattr(tf_keras.metrics, name)(**arguments)


equal = functools.partial(assert_close, rtol=3e-6, atol=1e-6, dtypes=False)


def weights_for(name, data):
    """Weights per sample, and of the shape of the values where tf_keras takes them."""
    first = data[0][1]
    per_sample = [uniform(size) for size in SIZES]
    if "IoU" in name:
        return (
            [[uniform(*y.shape) for y, _ in data]]
            if "OneHot" not in name
            else [[uniform(n, 2) for n in SIZES]]
        )
    if name in ("R2Score",):
        return [per_sample, [uniform(*p.shape) for _, p in data]]
    if "Score" in name or (name == "AUC" and first.ndim > 1):
        return [per_sample]
    if first.ndim == 3 or name == "CosineSimilarity":
        return [per_sample]
    return [per_sample, [w[:, None] for w in per_sample] if first.ndim > 1 else per_sample]


def test_every_metric_has_a_case():
    public = {name for name, obj in vars(metrics).items() if inspect.isclass(obj)}
    public = {name for name in public if issubclass(getattr(metrics, name), metrics.Metric)}
    assert public - OF_VALUES == {name for name, _, _ in CASES}


@every_metric
def test_results_over_uneven_batches(name, arguments, data):
    mine, reference = both(name, arguments)
    for y_true, y_pred in data:
        mine.update_state(y_true, y_pred)
        reference.update_state(tf.constant(y_true), tf.constant(y_pred))
        equal(mine.result(), reference.result())
    for weights in weights_for(name, data):
        mine.reset_state()
        reference.reset_state()
        for (y_true, y_pred), weight in zip(data, weights):
            mine.update_state(y_true, y_pred, sample_weight=weight)
            reference.update_state(
                tf.constant(y_true), tf.constant(y_pred), sample_weight=tf.constant(weight)
            )
        equal(mine.result(), reference.result())
    assert all(not np.any(w) for w in (mine.reset_state(), *mine.get_weights())[1:])


@every_metric
def test_graphs_loops_and_merging(name, arguments, data):
    mine, reference = both(name, arguments)
    parts = [getattr(metrics, name)(**arguments) for _ in data]
    for y_true, y_pred in data:
        reference.update_state(tf.constant(y_true), tf.constant(y_pred))
    specs = [tf.TensorSpec([None, *y.shape[1:]], y.dtype) for y in data[0]]

    @tf.function(input_signature=[*specs, tf.TensorSpec([], tf.int32)], autograph=False)
    def repeat(y_true, y_pred, times):
        def body(step, _):
            mine.update_state(y_true, y_pred)
            return step + 1, mine.result()

        first = mine.result()
        return tf.while_loop(lambda step, _: step < times, body, (0, tf.zeros(first.shape)))[1]

    mine.update_state(*data[0])  # some make their variables now
    mine.reset_state()
    for y_true, y_pred in data:
        value = repeat(y_true, y_pred, 1)
    equal(value, reference.result())
    for part, (y_true, y_pred) in zip(parts, data):
        part.update_state(y_true, y_pred)
    whole = getattr(metrics, name)(**arguments)
    whole.merge_state(parts)
    equal(whole.result(), reference.result())


@every_metric
def test_under_xla(name, arguments, data):
    mine, plain = (getattr(metrics, name)(**arguments) for _ in range(2))
    compiled = tf.function(mine.update_state, jit_compile=True, autograph=False)
    result = tf.function(mine.result, jit_compile=True, autograph=False)
    mine.update_state(*data[0])
    mine.reset_state()
    y_true, y_pred = map(tf.constant, data[0])
    compiled(y_true, y_pred)
    plain.update_state(y_true, y_pred)
    equal(result(), plain.result())


@every_metric
def test_config_equals_keras_and_rebuilds_the_metric(name, arguments, data):
    tf_keras.backend.reset_uids()  # default names are numbered
    mine, reference = both(name, arguments)
    np.testing.assert_equal(mine.get_config(), reference.get_config())
    config = configs.serialize_keras_object(mine)
    theirs = tf_keras.metrics.serialize(reference)
    np.testing.assert_equal(_lists(config), _lists(theirs))
    assert metrics.deserialize(theirs).get_config() == mine.get_config()
    again = metrics.deserialize(config)
    again.update_state(*data[0])
    mine.update_state(*data[0])
    np.testing.assert_array_equal(again.result(), mine.result())
    assert [v.name for v in mine.variables] == [v.name for v in _built(reference, data).variables]


def _lists(config):
    """Arrays as lists: tf_keras stores arrays in a form that it cannot read back."""
    if isinstance(config, dict):
        if config.get("class_name") == "__numpy__":
            return config["config"]["value"]
        return {key: _lists(value) for key, value in config.items()}
    return config


def _built(metric, data):
    metric.update_state(*map(tf.constant, data[0]))
    return metric


@pytest.mark.parametrize(
    ("shape", "weight"),
    [
        ((4,), 2.0),
        ((4,), (4,)),
        ((4, 3), (4,)),
        ((4, 3), (4, 1)),
        ((4, 3), (4, 3)),
        ((4, 3, 2), (4,)),
        ((4, 3, 2), (4, 3)),
    ],
)
@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_means_and_sums_with_weights_of_every_rank(name, shape, weight):
    mine, reference = both(name, {})
    for _ in range(2):
        values = normal(*shape)
        sample_weight = weight if isinstance(weight, float) else uniform(*weight)
        mine.update_state(values, sample_weight=sample_weight)
        reference.update_state(values, sample_weight=sample_weight)
    equal(mine.result(), reference.result())
    equal(mine.get_weights(), reference.get_weights())


def test_mean_tensor():
    mine, reference = both("MeanTensor", {})
    for weight in (None, 2.0, uniform(3), uniform(3, 1)):
        values = normal(3, 2)
        for metric in (mine, reference):
            metric.update_state(values, sample_weight=weight)
        equal(mine.result(), reference.result())


def test_every_public_function_equals_that_of_keras():
    data = {"sparse": FLAT_IDS[0], "categorical": CLASSES[0], "poisson": POSITIVE[0]}
    for name in dir(tf_keras.metrics):
        reference, mine = getattr(tf_keras.metrics, name), getattr(metrics, name, None)
        if name in ("get", "serialize", "deserialize", "experimental") or not callable(reference):
            continue
        if isinstance(reference, type):
            assert mine is not None, name
            continue
        pair = next((value for key, value in data.items() if key in name), BINARY[0])
        extra = {"k": 2} if "top_k" in name else {}
        equal(mine(*pair, **extra), reference(*map(tf.constant, pair), **extra))
        assert metrics.get(name) is mine


def test_ragged_batches():
    true = tf.ragged.constant([[1.0, 0.0, 1.0], [0.0], [1.0, 1.0]])
    pred = tf.ragged.constant([[0.9, 0.2, 0.6], [0.8], [0.7, 0.3]])
    weight = tf.ragged.constant([[1.0, 2.0, 3.0], [4.0], [5.0, 6.0]])
    for name in ("MeanSquaredError", "BinaryAccuracy", "Precision", "AUC", "MeanAbsoluteError"):
        mine, reference = both(name, {})
        equal(mine(true, pred), reference(true, pred))
        if name not in ("Precision", "AUC"):  # tf_keras drops ragged weights of these
            equal(
                mine(true, pred, sample_weight=weight), reference(true, pred, sample_weight=weight)
            )
    mine, reference = both("Mean", {})
    equal(mine(pred, sample_weight=weight), reference(pred, sample_weight=weight))
