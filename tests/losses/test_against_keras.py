"""Every loss against tf_keras: weights of every rank, masks, reductions, gradients, graphs and
XLA.
"""

import inspect

import numpy as np
import pytest
import tensorflow as tf

from tfk import losses
from tfk.saving import configs

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
REAL = (RNG.normal(size=(6, 4)).astype("float32"), RNG.normal(size=(6, 4)).astype("float32"))
POSITIVE = (np.abs(REAL[0]), np.abs(REAL[1]) + 0.1)
BINARY = (
    RNG.integers(0, 2, size=(6, 4)).astype("float32"),
    RNG.uniform(0.01, 0.99, size=(6, 4)).astype("float32"),
)
SIGNED = (2 * BINARY[0] - 1, REAL[1])


def distribution(*shape):
    scores = RNG.uniform(0.05, 1.0, size=shape).astype("float32")
    return scores / scores.sum(-1, keepdims=True)


ONE_HOT = (np.eye(4, dtype="float32")[[0, 3, 1, 1, 2, 0]], distribution(6, 4))
IDS = (np.array([0, 3, 1, 1, 2, 0]), ONE_HOT[1])
SEQUENCE_IDS = (RNG.integers(0, 4, size=(6, 5)), distribution(6, 5, 4))

# Class name, arguments, data.
CASES = [
    ("MeanSquaredError", {}, REAL),
    ("MeanAbsoluteError", {}, REAL),
    ("MeanAbsolutePercentageError", {}, REAL),
    ("MeanSquaredLogarithmicError", {}, POSITIVE),
    ("Huber", {}, REAL),
    ("Huber", {"delta": 0.3}, REAL),
    ("LogCosh", {}, REAL),
    ("CosineSimilarity", {}, REAL),
    ("CosineSimilarity", {"axis": 0}, REAL),
    ("Hinge", {}, SIGNED),
    ("Hinge", {}, BINARY),
    ("SquaredHinge", {}, SIGNED),
    ("SquaredHinge", {}, BINARY),
    ("CategoricalHinge", {}, ONE_HOT),
    ("KLDivergence", {}, (distribution(6, 4), ONE_HOT[1])),
    ("Poisson", {}, POSITIVE),
    ("BinaryCrossentropy", {}, BINARY),
    ("BinaryCrossentropy", {"from_logits": True}, (BINARY[0], REAL[1])),
    ("BinaryCrossentropy", {"label_smoothing": 0.2, "axis": 0}, BINARY),
    ("BinaryFocalCrossentropy", {}, BINARY),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.4, "gamma": 0.5},
        BINARY,
    ),
    (
        "BinaryFocalCrossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        (BINARY[0], REAL[1]),
    ),
    ("CategoricalCrossentropy", {}, ONE_HOT),
    ("CategoricalCrossentropy", {"from_logits": True}, (ONE_HOT[0], REAL[1])),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, ONE_HOT),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2, "axis": 0}, ONE_HOT),
    ("CategoricalFocalCrossentropy", {}, ONE_HOT),
    (
        "CategoricalFocalCrossentropy",
        {"from_logits": True, "gamma": 1.0, "alpha": 0.5},
        (ONE_HOT[0], REAL[1]),
    ),
    ("CategoricalFocalCrossentropy", {"label_smoothing": 0.1}, ONE_HOT),
    ("SparseCategoricalCrossentropy", {}, IDS),
    ("SparseCategoricalCrossentropy", {}, (IDS[0][:, None], IDS[1])),
    ("SparseCategoricalCrossentropy", {}, (IDS[0].astype("float32"), IDS[1])),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, (IDS[0], REAL[1])),
    ("SparseCategoricalCrossentropy", {"ignore_class": 1}, IDS),
    ("SparseCategoricalCrossentropy", {}, SEQUENCE_IDS),
    ("SparseCategoricalCrossentropy", {}, (SEQUENCE_IDS[0][..., None], SEQUENCE_IDS[1])),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2, "from_logits": True}, SEQUENCE_IDS),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1}, (SEQUENCE_IDS[0] - 1, SEQUENCE_IDS[1])),
]
IDENTIFIERS = [f"{name}-{number}" for number, (name, _, _) in enumerate(CASES)]
# Loss classes without a formula of their own.
BASES = {"Loss", "LossFunctionWrapper"}
every_loss = pytest.mark.parametrize(("name", "arguments", "data"), CASES, ids=IDENTIFIERS)


def both(name, arguments, **more):
    return getattr(losses, name)(**arguments, **more), getattr(tf_keras.losses, name)(
        **arguments, **more
    )


def test_every_loss_has_a_case():
    public = {name for name, obj in vars(losses).items() if inspect.isclass(obj)}
    public = {name for name in public if issubclass(getattr(losses, name), losses.Loss)}
    assert public - BASES == {name for name, _, _ in CASES}


@every_loss
def test_values_weights_and_reductions(name, arguments, data):
    y_true, y_pred = map(tf.constant, data)
    for reduction in ("auto", "sum_over_batch_size", "sum", "none"):
        mine, reference = both(name, arguments, reduction=reduction)
        values = mine(y_true, y_pred)
        np.testing.assert_allclose(values, reference(y_true, y_pred), rtol=2e-6, atol=1e-6)
    weights = [2.0, RNG.uniform(size=values.shape).astype("float32")]
    if values.shape[0] == 6:
        weights += [RNG.uniform(size=6).astype("float32"), RNG.integers(0, 2, size=(6, 1))]
    for weight in weights:
        for reduction in ("auto", "sum"):
            mine, reference = both(name, arguments, reduction=reduction)
            np.testing.assert_allclose(
                mine(y_true, y_pred, sample_weight=weight),
                reference(y_true, y_pred, sample_weight=weight),
                rtol=2e-6,
                atol=1e-6,
            )


@every_loss
def test_gradients_equal_those_of_keras_in_a_graph_and_under_xla(name, arguments, data):
    y_true, y_pred = map(tf.constant, data)
    mine, reference = both(name, arguments)

    def gradient(loss):
        def compute(t, p):
            with tf.GradientTape() as tape:
                tape.watch(p)
                value = loss(t, p)
            return value, tape.gradient(value, p)

        return compute

    expected = gradient(reference)(y_true, y_pred)
    eager = gradient(mine)(y_true, y_pred)
    unknown_batch = [tf.TensorSpec([None, *y.shape[1:]], y.dtype) for y in (y_true, y_pred)]
    graph = tf.function(gradient(mine), input_signature=unknown_batch, autograph=False)(
        y_true, y_pred
    )
    compiled = tf.function(gradient(mine), jit_compile=True, autograph=False)(y_true, y_pred)
    for result in (eager, graph, compiled):
        for got, want in zip(result, expected):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=2e-6)


@every_loss
def test_config_equals_keras_and_rebuilds_the_loss(name, arguments, data):
    mine, reference = both(name, arguments)
    assert mine.get_config() == reference.get_config()
    config = configs.serialize_keras_object(mine)
    assert config == tf_keras.losses.serialize(reference)
    again = losses.deserialize(config)
    assert type(again) is type(mine)
    np.testing.assert_array_equal(again(*data), mine(*data))
    assert (
        losses.deserialize(losses.serialize(mine, use_legacy_format=True)).get_config()
        == mine.get_config()
    )


def test_masks_of_outputs_and_values():
    y_true, y_pred = tf.constant(SEQUENCE_IDS[0]), SEQUENCE_IDS[1]
    mask = tf.constant(RNG.integers(0, 2, size=(6, 5)), tf.bool)
    weight = RNG.uniform(size=6).astype("float32")
    for arguments in ({}, {"ignore_class": 1}, {"reduction": "sum"}):
        results = []
        for module in (losses, tf_keras.losses):
            output = tf.constant(y_pred)
            output._keras_mask = mask
            loss = module.SparseCategoricalCrossentropy(**arguments)
            results.append([loss(y_true, output), loss(y_true, output, sample_weight=weight)])
        np.testing.assert_allclose(results[0], results[1], rtol=2e-6)


def test_every_public_function_equals_that_of_keras():
    data = {"sparse_categorical_crossentropy": IDS, "kl_divergence": ONE_HOT, "poisson": POSITIVE}
    for name in dir(tf_keras.losses):
        reference, mine = getattr(tf_keras.losses, name), getattr(losses, name)
        if (
            callable(reference)
            and not isinstance(reference, type)
            and name not in ("get", "serialize", "deserialize")
        ):
            pair = data.get(name, ONE_HOT if "categorical" in name else BINARY)
            np.testing.assert_allclose(
                mine(*pair), reference(*map(tf.constant, pair)), rtol=2e-6, err_msg=name
            )
            assert losses.get(name) is mine


def test_unknown_ranks():
    mine, reference = both("MeanSquaredError", {})
    in_graph = tf.function(
        mine, input_signature=[tf.TensorSpec(None, tf.float32)] * 3, autograph=False
    )
    deeper = REAL[0][..., None]
    for pair in (REAL, (deeper, REAL[1]), (REAL[1], deeper)):
        for weight in (np.arange(6.0), np.arange(6.0)[:, None], np.float64(3.0)):
            tensors = [tf.constant(value, tf.float32) for value in (*pair, weight)]
            np.testing.assert_allclose(in_graph(*tensors), reference(*tensors), rtol=1e-6)


@pytest.mark.parametrize(
    "name", ["mean_squared_error", "mean_absolute_error", "binary_crossentropy"]
)
def test_ragged_rows(name):
    true = tf.ragged.constant([[1.0, 0.0, 1.0], [0.0], [1.0, 1.0]])
    pred = tf.ragged.constant([[0.9, 0.2, 0.6], [0.4], [0.7, 0.3]])
    mine, reference = getattr(losses, name), getattr(tf_keras.losses, name)
    np.testing.assert_allclose(mine(true, pred), reference(true, pred), rtol=1e-6)
