import numpy as np
import pytest
import tensorflow as tf

from tfk import constraints

W = tf.constant([[3.0, 0.1], [-4.0, 0.2]])


def lengths(w):
    return np.linalg.norm(w, axis=0)


def test_max_norm():
    result = constraints.MaxNorm(2.0)(W)
    np.testing.assert_allclose(lengths(result), [2.0, 0.05**0.5], rtol=1e-5)
    np.testing.assert_allclose(result[:, 1], W[:, 1], rtol=1e-5)


def test_min_max_norm():
    np.testing.assert_allclose(lengths(constraints.MinMaxNorm(1.0, 2.0)(W)), [2.0, 1.0], rtol=1e-5)
    halfway = constraints.MinMaxNorm(1.0, 2.0, rate=0.5)(W)
    np.testing.assert_allclose(lengths(halfway), [3.5, (1 + 0.05**0.5) / 2], rtol=1e-5)


def test_unit_norm():
    np.testing.assert_allclose(lengths(constraints.UnitNorm()(W)), [1.0, 1.0], rtol=1e-5)
    np.testing.assert_allclose(
        np.linalg.norm(constraints.UnitNorm(axis=1)(W), axis=1), 1.0, rtol=1e-5
    )


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_non_neg(dtype):
    result = constraints.NonNeg()(tf.cast(W, dtype))
    np.testing.assert_allclose(result, np.maximum(tf.cast(W, dtype), 0))
    assert result.dtype == dtype


@pytest.mark.parametrize(
    "size, rings",
    [
        (2, [[0, 0], [0, 0]]),
        (3, [[1, 1, 1], [1, 0, 1], [1, 1, 1]]),
        (4, [[3, 3, 3, 3], [3, 1, 1, 3], [3, 1, 1, 3], [3, 3, 3, 3]]),
        (5, [[3] * 5, [3, 2, 2, 2, 3], [3, 2, 1, 2, 3], [3, 2, 2, 2, 3], [3] * 5]),
    ],
)
def test_radial_constraint(size, rings):
    w = np.random.RandomState(0).normal(size=(size, size, 2, 3)).astype("float32")
    diagonal = w[np.arange(size), np.arange(size)]
    np.testing.assert_array_equal(
        constraints.RadialConstraint()(tf.constant(w)), diagonal[np.array(rings)]
    )


@pytest.mark.parametrize("shape", [(3, 3), (3, 4, 1, 1)])
def test_radial_constraint_refuses_other_shapes(shape):
    with pytest.raises(
        ValueError, match=r"RadialConstraint: expected a weight of shape \(size, size"
    ):
        constraints.RadialConstraint()(tf.zeros(shape))


@pytest.mark.parametrize("name", ["max_norm", "maxnorm", "MaxNorm"])
def test_get_by_name(name):
    assert isinstance(constraints.get(name), constraints.MaxNorm)


def test_get_others():
    assert constraints.get(None) is None
    assert constraints.get(tf.nn.relu) is tf.nn.relu
    assert constraints.maxnorm is constraints.max_norm is constraints.MaxNorm
    with pytest.raises(ValueError, match="Unknown constraint: 'nonnegative'"):
        constraints.get("nonnegative")


MAKERS = (
    lambda module: module.MaxNorm(0.3, axis=(0, 1)),
    lambda module: module.NonNeg(),
    lambda module: module.UnitNorm(axis=(0, 1, 2)),
    lambda module: module.MinMaxNorm(0.2, 0.3, 0.4, axis=1),
    lambda module: module.RadialConstraint(),
)


@pytest.mark.parametrize("make", MAKERS)
def test_same_as_keras(make):
    keras = pytest.importorskip("tf_keras").constraints
    ours, theirs = make(constraints), make(keras)
    w = tf.random.stateless_normal((5, 5, 2, 3), (1, 2))
    np.testing.assert_array_equal(ours(w), theirs(w))
    np.testing.assert_array_equal(tf.function(ours)(w), theirs(w))
    assert constraints.serialize(ours) == keras.serialize(theirs)
    assert constraints.deserialize(constraints.serialize(ours)).get_config() == ours.get_config()
