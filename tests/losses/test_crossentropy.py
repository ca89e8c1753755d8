"""Cross-entropies: scikit-learn's figures, logits behind probabilities, ignored classes, errors."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import log_loss

from tfk import losses
from tfk.utils.logits import attach_logits
from tfk.utils.masks import get_mask

RNG = np.random.default_rng(1)
LOGITS = RNG.normal(size=(8, 3)).astype("float32")
IDS = RNG.integers(0, 3, size=8)
ONE_HOT = np.eye(3, dtype="float32")[IDS]
WEIGHTS = RNG.uniform(size=8).astype("float32")


def softmax(logits):
    return attach_logits(tf.nn.softmax(logits), tf.constant(logits), "softmax")


def sigmoid(logits):
    return attach_logits(tf.sigmoid(logits), tf.constant(logits), "sigmoid")


def test_scikit_learn():
    probabilities = tf.nn.softmax(LOGITS.astype("float64")).numpy()
    expected = log_loss(IDS, probabilities, sample_weight=WEIGHTS, labels=[0, 1, 2])
    for targets, loss in (
        (IDS, "SparseCategoricalCrossentropy"),
        (ONE_HOT, "CategoricalCrossentropy"),
    ):
        total = getattr(losses, loss)(reduction="sum")(
            targets, probabilities, sample_weight=WEIGHTS
        )
        np.testing.assert_allclose(total / WEIGHTS.sum(), expected, rtol=1e-5)
    yes = (IDS == 0).astype("float32")[:, None]
    expected = log_loss(yes, probabilities[:, :1])
    np.testing.assert_allclose(
        losses.BinaryCrossentropy()(yes, probabilities[:, :1]), expected, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "targets", "activation", "arguments"),
    [
        ("CategoricalCrossentropy", ONE_HOT, softmax, {}),
        ("CategoricalCrossentropy", ONE_HOT, softmax, {"label_smoothing": 0.1}),
        ("CategoricalFocalCrossentropy", ONE_HOT, softmax, {}),
        ("SparseCategoricalCrossentropy", IDS, softmax, {}),
        ("BinaryCrossentropy", ONE_HOT, sigmoid, {}),
        ("BinaryFocalCrossentropy", ONE_HOT, sigmoid, {}),
    ],
)
def test_activations_are_scored_from_their_logits(name, targets, activation, arguments):
    loss, from_logits = (
        getattr(losses, name)(from_logits=flag, **arguments) for flag in (False, True)
    )
    np.testing.assert_allclose(
        loss(targets, activation(LOGITS)), from_logits(targets, LOGITS), rtol=1e-6
    )
    with pytest.warns(UserWarning, match="from_logits=True, but the output comes from a s"):
        np.testing.assert_allclose(
            from_logits(targets, activation(LOGITS)), from_logits(targets, LOGITS), rtol=1e-6
        )
    if "Focal" not in name and not arguments:  # probabilities of 0 and 1 are not clipped
        value = loss(targets[:1], activation(200.0 * (1.0 - 2.0 * ONE_HOT[:1])))
        assert float(value) == pytest.approx(400.0 + np.log(2) if activation is softmax else 200.0)


def test_logits_are_found_in_a_graph_and_the_activation_drops_out():
    loss = losses.SparseCategoricalCrossentropy()

    @tf.function(autograph=False)
    def value(logits):
        return loss(IDS, attach_logits(tf.nn.softmax(logits), logits, "softmax"))

    assert "Log" not in {
        op.type for op in value.get_concrete_function(tf.constant(LOGITS)).graph.get_operations()
    }
    np.testing.assert_allclose(
        value(tf.constant(LOGITS)), losses.SparseCategoricalCrossentropy(True)(IDS, LOGITS)
    )


def test_logits_in_another_precision_are_cast():
    output = attach_logits(tf.nn.softmax(LOGITS), tf.cast(LOGITS, tf.float16), "softmax")
    value = losses.CategoricalCrossentropy()(ONE_HOT, output)
    assert value.dtype == tf.float32
    np.testing.assert_allclose(
        value, losses.CategoricalCrossentropy(True)(ONE_HOT, LOGITS), rtol=1e-2
    )


def test_smoothing_by_hand():
    value = losses.categorical_crossentropy([[0.0, 1.0]], [[0.2, 0.8]], label_smoothing=0.5)
    np.testing.assert_allclose(value, [-(0.25 * np.log(0.2) + 0.75 * np.log(0.8))], rtol=1e-6)
    value = losses.binary_crossentropy([[1.0]], [[0.8]], label_smoothing=tf.constant(0.5))
    np.testing.assert_allclose(value, [-(0.75 * np.log(0.8) + 0.25 * np.log(0.2))], rtol=1e-5)


def test_focal_by_hand():
    value = losses.binary_focal_crossentropy(
        [[1.0, 0.0]], [[0.9, 0.3]], apply_class_balancing=True, alpha=0.25, gamma=2.0
    )
    expected = (-0.25 * 0.1**2 * np.log(0.9) - 0.75 * 0.3**2 * np.log(0.7)) / 2
    np.testing.assert_allclose(value, [expected], rtol=1e-5)
    per_class = losses.categorical_focal_crossentropy(
        [[0.0, 1.0]], [[0.4, 0.6]], alpha=[1.0, 0.5], gamma=1.0
    )
    np.testing.assert_allclose(per_class, [-0.5 * 0.4 * np.log(0.6)], rtol=1e-6)


def test_focal_gradient_is_finite_at_certainty():
    certain = tf.constant([[0.0, 1.0]])
    for function in (losses.binary_focal_crossentropy, losses.categorical_focal_crossentropy):
        with tf.GradientTape() as tape:
            tape.watch(certain)
            value = function([[0.0, 1.0]], certain, gamma=0.5)
        assert np.isfinite(tape.gradient(value, certain)).all()


def test_ignored_class_leaves_sum_count_and_gradient():
    targets = IDS.copy()
    targets[:5] = -1
    logits = tf.constant(LOGITS)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(targets, logits)
    np.testing.assert_allclose(
        value, losses.SparseCategoricalCrossentropy(True)(IDS[5:], LOGITS[5:]), rtol=1e-6
    )
    assert not np.any(tape.gradient(value, logits)[:5])
    values = losses.sparse_categorical_crossentropy(
        targets, logits, from_logits=True, ignore_class=-1
    )
    np.testing.assert_array_equal(get_mask(values), targets >= 0)
    assert float(loss(np.full(8, -1), logits)) == 0.0


def test_classes_on_another_axis():
    channels_first = np.moveaxis(RNG.normal(size=(2, 4, 5, 3)), -1, 1).astype("float32")
    ids = RNG.integers(0, 3, size=(2, 4, 5))
    np.testing.assert_allclose(
        losses.sparse_categorical_crossentropy(ids, channels_first, from_logits=True, axis=1),
        losses.sparse_categorical_crossentropy(
            ids, np.moveaxis(channels_first, 1, -1), from_logits=True
        ),
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: losses.categorical_crossentropy(IDS[:, None], LOGITS),
            (
                r"expected y_true and y_pred of the same shape.*got \(8, 1\) and \(8,"
                r" 3\).*sparse_categorical"
            ),
        ),
        (
            lambda: losses.sparse_categorical_crossentropy(ONE_HOT, LOGITS),
            r"class ids of shape \(8,\), got targets \(8, 3\).*One-hot targets need",
        ),
        (
            lambda: losses.sparse_categorical_crossentropy(IDS[:4], LOGITS),
            r"class ids of shape \(8,\), got \(4,\) for outputs of shape \(8, 3\)",
        ),
        (
            lambda: losses.BinaryCrossentropy(label_smoothing=1.5),
            "label_smoothing to be at least 0 and at most 1",
        ),
        (lambda: losses.CategoricalFocalCrossentropy(label_smoothing=-0.1), "label_smoothing"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_boolean_is_no_axis():
    with pytest.raises(
        TypeError, match="categorical_crossentropy: expected axis to be an integer, got True"
    ):
        losses.categorical_crossentropy(ONE_HOT, LOGITS, axis=True)


def test_a_single_class_is_warned_of():
    with pytest.warns(SyntaxWarning, match="y_pred has a single class"):
        losses.categorical_crossentropy([[1.0]], [[0.5]])


def test_unknown_rank_with_another_axis():
    function = tf.function(
        lambda t, p: losses.sparse_categorical_crossentropy(t, p, axis=1),
        input_signature=[tf.TensorSpec(None, tf.int32), tf.TensorSpec(None, tf.float32)],
    )
    with pytest.raises(ValueError, match="axis=1 needs outputs of known rank"):
        function.get_concrete_function()
