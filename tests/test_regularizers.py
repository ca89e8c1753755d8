import numpy as np
import pytest
import tensorflow as tf

from tfk import config, regularizers

X = tf.constant([[1.0, -2.0], [3.0, 0.0]])


@pytest.mark.parametrize(
    "regularizer, expected",
    [
        (regularizers.L1(0.5), 3.0),
        (regularizers.L2(0.5), 7.0),
        (regularizers.L1L2(0.5, 0.5), 10.0),
        (regularizers.L1L2(), 0.0),
        (regularizers.L1(l=0.5), 3.0),
        (regularizers.L2(l=0.5), 7.0),
        (regularizers.l1_l2(0.5, 0.0), 3.0),
        # The rows (1, -2) and (3, 0) have the cosine 1 / sqrt(5), the columns -1 / sqrt(10).
        (regularizers.OrthogonalRegularizer(2.0), 2 / 5**0.5),
        (regularizers.OrthogonalRegularizer(2.0, "columns"), 2 / 10**0.5),
    ],
)
def test_penalty(regularizer, expected):
    np.testing.assert_allclose(regularizer(X), expected, rtol=1e-6)


def test_orthogonal_rows_cost_nothing():
    assert float(regularizers.OrthogonalRegularizer()(3.0 * tf.eye(4))) == 0.0


def test_penalty_keeps_half_precision():
    assert regularizers.L1L2(0.1, 0.1)(tf.cast(X, "float16")).dtype == tf.float16


@pytest.mark.parametrize(
    "identifier, l1, l2",
    [("l1", 0.01, None), ("L2", None, 0.01), ("l1_l2", 0.01, 0.01), ("L1L2", 0.0, 0.0)],
)
def test_get_by_name(identifier, l1, l2):
    found = regularizers.get(identifier)
    for value, expected in ((getattr(found, "l1", None), l1), (getattr(found, "l2", None), l2)):
        assert value == (None if expected is None else pytest.approx(expected))


def test_get_others():
    def penalty(x):
        return tf.reduce_sum(x)

    assert regularizers.get(None) is None
    assert regularizers.get(penalty) is penalty
    assert isinstance(regularizers.get(regularizers.L1), regularizers.L1)
    old = {"class_name": "L2", "config": {"l2": 0.25}}
    assert regularizers.get(old).l2 == 0.25
    with pytest.raises(ValueError, match="Unknown regularizer: 'l3'"):
        regularizers.get("l3")
    with pytest.raises(ValueError, match="Expected a regularizer"):
        regularizers.get(0.01)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: regularizers.L1("0.1"), TypeError, "L1: expected l1 to be a number, got '0.1'"),
        (
            lambda: regularizers.L2(float("inf")),
            ValueError,
            "L2: expected l2 to be finite, got inf",
        ),
        (lambda: regularizers.L1L2(l2=float("nan")), ValueError, "L1L2: expected l2 to be finite"),
        (lambda: regularizers.L1(l3=1), TypeError, "L1: got unexpected keyword arguments: l3"),
        (
            lambda: regularizers.OrthogonalRegularizer(mode="diagonals"),
            ValueError,
            "'rows', 'columns'",
        ),
        (
            lambda: regularizers.OrthogonalRegularizer()(tf.ones(3)),
            ValueError,
            r"expected a matrix.*\(3,\)",
        ),
        (
            lambda: regularizers.Regularizer().get_config(),
            NotImplementedError,
            "must define get_config",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_configs_equal_those_of_keras():
    keras = pytest.importorskip("tf_keras").regularizers
    for make in (
        lambda module: module.L1(0.1),
        lambda module: module.L2(0.3),
        lambda module: module.L1L2(0.1, 0.3),
        lambda module: module.OrthogonalRegularizer(0.3, "columns"),
    ):
        ours, theirs = make(regularizers), make(keras)
        assert regularizers.serialize(ours) == keras.serialize(theirs)
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-6)
        assert (
            regularizers.deserialize(regularizers.serialize(ours)).get_config() == ours.get_config()
        )


def test_factors_follow_the_float_type():
    config.set_floatx("float64")
    assert regularizers.L2(0.1).l2 == 0.1
    config.set_floatx("bfloat16")
    assert regularizers.L2(0.1).l2 == pytest.approx(0.1, abs=1e-3)
