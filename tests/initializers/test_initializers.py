"""All initializers: numbers, seeds, dtypes, configs."""

import json
import warnings

import numpy as np
import pytest
import tensorflow as tf

from tfk import config, initializers
from tfk.initializers.initializer import compute_fans

RANDOM = {
    "GlorotNormal": {},
    "GlorotUniform": {},
    "HeNormal": {},
    "HeUniform": {},
    "LecunNormal": {},
    "LecunUniform": {},
    "Orthogonal": {"gain": 2.0},
    "RandomNormal": {"mean": 1.0, "stddev": 0.5},
    "RandomUniform": {"minval": -2.0, "maxval": 3.0},
    "TruncatedNormal": {"stddev": 0.5},
    "VarianceScaling": {"scale": 3.0, "mode": "fan_out", "distribution": "untruncated_normal"},
}


def make(name, **more):
    return getattr(initializers, name)(**RANDOM[name], **more)


@pytest.mark.parametrize("name", RANDOM)
def test_same_numbers_as_keras_for_a_seed(name):
    keras = pytest.importorskip("tf_keras").initializers
    theirs = getattr(keras, name)(**RANDOM[name], seed=11)
    for shape in [(5, 7), (7, 5), (3, 3, 4, 2)]:
        np.testing.assert_array_equal(make(name, seed=11)(shape), theirs(shape))
    assert initializers.serialize(make(name, seed=11)) == keras.serialize(theirs)


@pytest.mark.parametrize("name", RANDOM)
def test_same_numbers_eagerly_in_graphs_and_under_xla(name):
    eager = make(name, seed=3)((4, 3))
    # XLA makes other normal numbers of the same bits; weights are made outside of it anyway.
    for jit_compile in (False, True) if "Uniform" in name else (False,):
        compiled = tf.function(lambda: make(name, seed=3)((4, 3)), jit_compile=jit_compile)
        np.testing.assert_allclose(compiled(), eager, atol=1e-6)


@pytest.mark.parametrize("name", RANDOM)
def test_config_round_trip(name):
    initializer = make(name, seed=5)
    copy = initializers.deserialize(initializers.serialize(initializer))
    assert type(copy) is type(initializer) and copy.get_config() == initializer.get_config()
    np.testing.assert_array_equal(copy((3, 2)), initializer((3, 2)))
    old = initializers.serialize(initializer, use_legacy_format=True)
    assert old == {"class_name": name, "config": initializer.get_config()}
    assert initializers.get(old).get_config() == initializer.get_config()


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_dtypes(name, dtype):
    assert make(name, seed=1)((4, 3), dtype=dtype).dtype == dtype


@pytest.mark.parametrize(
    "name, stddev",
    [
        ("GlorotNormal", (2 / 500) ** 0.5),
        ("GlorotUniform", (2 / 500) ** 0.5),
        ("HeNormal", (2 / 300) ** 0.5),
        ("HeUniform", (2 / 300) ** 0.5),
        ("LecunNormal", (1 / 300) ** 0.5),
        ("LecunUniform", (1 / 300) ** 0.5),
        ("VarianceScaling", (3 / 200) ** 0.5),
    ],
)
def test_standard_deviation(name, stddev):
    values = make(name, seed=1)((300, 200)).numpy()
    assert values.std() == pytest.approx(stddev, rel=0.02)
    assert values.mean() == pytest.approx(0.0, abs=0.02 * stddev)


def test_bounds():
    uniform = initializers.RandomUniform(-2, 3, seed=1)((10_000,)).numpy()
    assert -2 <= uniform.min() < -1.99 and 2.99 < uniform.max() < 3
    integers = initializers.RandomUniform(-2, 3, seed=1)((1000,), dtype="int32").numpy()
    assert sorted(set(integers)) == [-2, -1, 0, 1, 2]
    truncated = initializers.TruncatedNormal(stddev=0.5, seed=1)((10_000,)).numpy()
    assert 0.98 < np.abs(truncated).max() <= 1.0


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (2, 3, 4)])
def test_orthogonal(shape):
    values = initializers.Orthogonal(gain=3.0, seed=1)(shape).numpy().reshape(-1, shape[-1])
    tall = values if values.shape[0] >= values.shape[1] else values.T
    np.testing.assert_allclose(tall.T @ tall, 9 * np.eye(tall.shape[1]), atol=1e-4)


@pytest.mark.parametrize(
    "shape, fans", [((), (1, 1)), ((5,), (5, 5)), ((5, 7), (5, 7)), ((3, 3, 16, 32), (144, 288))]
)
def test_compute_fans(shape, fans):
    assert compute_fans(shape) == fans


@pytest.mark.parametrize(
    "initializer, expected",
    [
        (initializers.Zeros(), np.zeros((2, 2))),
        (initializers.Ones(), np.ones((2, 2))),
        (initializers.Constant(3), np.full((2, 2), 3)),
        (initializers.Constant([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (initializers.Identity(5.0), 5 * np.eye(2)),
    ],
)
def test_without_chance(initializer, expected):
    for dtype in (None, "float16", "float64"):
        values = initializer((2, 2), dtype=dtype)
        assert values.dtype == (dtype or "float32")
        np.testing.assert_array_equal(values, expected)
    keras = pytest.importorskip("tf_keras").initializers
    theirs = getattr(keras, type(initializer).__name__)(**initializer.get_config())
    assert initializers.serialize(initializer) == keras.serialize(theirs)


def test_integers_and_booleans():
    assert initializers.Ones()((2,), "int64").dtype == tf.int64
    assert initializers.Zeros()((2,), "bool").numpy().tolist() == [False, False]


def test_default_dtype_is_floatx():
    config.set_floatx("float64")
    assert all(make(name, seed=1)((2, 2)).dtype == tf.float64 for name in RANDOM)
    assert initializers.Constant(1)((2,)).dtype == tf.float64


def test_seeds():
    first, second = initializers.GlorotUniform(), initializers.GlorotUniform()
    assert not np.array_equal(first((3, 3)), second((3, 3)))
    tf.random.set_seed(4)
    once = initializers.GlorotUniform()((3, 3))
    tf.random.set_seed(4)
    np.testing.assert_array_equal(initializers.GlorotUniform()((3, 3)), once)


def test_reuse_without_a_seed_warns_and_repeats():
    initializer = initializers.HeNormal()
    first = initializer((3, 3))
    with pytest.warns(
        UserWarning, match="HeNormal without a seed is used for more than one weight"
    ):
        second = initializer((3, 3))
    np.testing.assert_array_equal(first, second)
    seeded = initializers.HeNormal(seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(seeded((3, 3)), seeded((3, 3)))


@pytest.mark.parametrize("name", sorted(set(RANDOM) - {"Orthogonal"}) + ["Zeros", "Ones"])
def test_parts_of_a_partitioned_weight(name):
    initializer = make(name, seed=1) if name in RANDOM else getattr(initializers, name)()
    parts = [
        initializer((6, 4), partition_shape=(3, 4), partition_offset=(row, 0)) for row in (0, 3)
    ]
    assert all(part.shape == (3, 4) for part in parts)
    assert np.array_equal(*parts) == (name not in RANDOM)


def test_partitioned_weights_are_scaled_by_the_whole_shape():
    initializer = initializers.HeNormal(seed=1)
    part = initializer((1000, 50), partition_shape=(500, 50), partition_offset=(500, 0))
    assert part.numpy().std() == pytest.approx((2 / 1000) ** 0.5, rel=0.02)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: initializers.HeNormal(seed="one"),
            TypeError,
            "HeNormal: expected seed to be an integer",
        ),
        (lambda: initializers.VarianceScaling(scale=0), ValueError, "scale to be positive, got 0"),
        (
            lambda: initializers.VarianceScaling(mode="fan"),
            ValueError,
            "mode to be one of 'fan_in'",
        ),
        (lambda: initializers.VarianceScaling(distribution="cauchy"), ValueError, "got 'cauchy'"),
        (lambda: initializers.Orthogonal()((3,)), ValueError, r"rank 2 or more, got shape \(3,\)"),
        (
            lambda: initializers.Identity()((2, 2, 2)),
            ValueError,
            "Identity: expected a weight of rank 2",
        ),
        (lambda: initializers.HeNormal()((None, 2)), ValueError, "all sizes known"),
        (lambda: initializers.HeNormal()((2, 2), "int32"), ValueError, "floating, got int32"),
        (lambda: initializers.Zeros()((2, 2), "string"), ValueError, "got string"),
        (
            lambda: initializers.Zeros()((2, 2), layout=1),
            TypeError,
            r"unexpected arguments \['layout'\]",
        ),
        (
            lambda: initializers.Identity()((2, 2), partition_shape=(1, 2)),
            ValueError,
            "only be made as a whole",
        ),
        (lambda: initializers.Initializer()((2,)), NotImplementedError, "must define __call__"),
        (
            lambda: initializers.get("glorot"),
            ValueError,
            "Unknown initializer: 'glorot'",
        ),
        (lambda: initializers.get(3), ValueError, "Expected an initializer: a name"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "name",
    [
        "zeros",
        "zero",
        "one",
        "normal",
        "uniform",
        "glorot_uniform",
        "orthogonal",
        "identity",
        "ZerosV2",
    ],
)
def test_get_by_name(name):
    assert isinstance(initializers.get(name), initializers.Initializer)


def test_get_others():
    assert initializers.get(None) is None
    assert isinstance(initializers.get(initializers.HeNormal), initializers.HeNormal)
    assert initializers.get(tf.zeros) is tf.zeros
    assert initializers.he_normal is initializers.HeNormal
    # Files of TF1 hold a dtype.
    old = {"class_name": "Zeros", "config": {"dtype": "float32"}}
    assert isinstance(initializers.get(old), initializers.Zeros)


def test_keras_finds_the_same_names():
    keras_names = pytest.importorskip("tf_keras").src.initializers
    keras_names.populate_deserializable_objects()
    for name in keras_names.LOCAL.ALL_OBJECTS:
        if not name.lower().startswith("initializer"):
            assert isinstance(initializers.get(name), initializers.Initializer), name


@pytest.mark.parametrize("kind", [np.asarray, tf.constant, np.ndarray.tolist])
def test_constant_arrays_come_back_from_configs(kind):
    values = np.arange(6, dtype="float32").reshape(3, 2)
    initializer = initializers.Constant(kind(values))
    config = json.loads(json.dumps(initializers.serialize(initializer)))
    np.testing.assert_array_equal(initializers.deserialize(config)((3, 2)), values)
