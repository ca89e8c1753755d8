"""Operations of `keras.ops` in graphs compute in tfk what they compute in Keras 3."""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.saving.keras3 import to_keras2

ops = keras.ops
# Only Keras 3 has these defaults, so their way back is not written.
READ = {
    "argmax": lambda x: ops.argmax(x, axis=-1),
    "count_nonzero": lambda x: ops.count_nonzero(x > 0, axis=1),
    "cumsum": lambda x: ops.cumsum(x, axis=1),
    "norm": lambda x: ops.norm(x, axis=-1),
    "normalize": lambda x: ops.normalize(x),
    "one_hot": lambda x: ops.one_hot(ops.cast(ops.abs(x), "int32"), 4),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 2))),
    "ravel": ops.ravel,
    "resize": lambda x: ops.image.resize(ops.reshape(x, (-1, 2, 2, 1)), (4, 4)),
    "roll": lambda x: ops.roll(x, 1, 1),
    "sort": lambda x: ops.sort(x, axis=-1),
    "split": lambda x: ops.split(x, 2, axis=-1),
    "take": lambda x: ops.take(x, [0, 2], axis=1),
    "top_k": lambda x: ops.top_k(x, 2),
    "unstack": lambda x: ops.unstack(x, axis=1)[1],
}
BOTH = {
    "arctan2": lambda x: ops.arctan2(x, x + 1.0),
    "cast": lambda x: ops.cast(x, "int32"),
    "ellipsis": lambda x: x[..., ::-1],
    "erf": lambda x: ops.erf(x),
    "leaky_relu": lambda x: ops.leaky_relu(x, 0.3),
    "logic": lambda x: ops.logical_and(x > 0, ops.logical_not(x > 1)),
    "logsumexp": lambda x: ops.logsumexp(x, axis=1),
    "mod": lambda x: x % 2.0,
    "rsqrt": lambda x: ops.rsqrt(ops.abs(x)),
    "silu": ops.silu,
    "std": lambda x: ops.std(x, axis=-1),
    "tile": lambda x: ops.tile(x, (1, 2)),
    "where": lambda x: ops.where(x > 0, x, 0.0),
}


@pytest.fixture(scope="module")
def x():
    return np.random.RandomState(0).normal(size=(3, 4)).astype("float32")


def model_of(functions):
    x = keras.Input((4,))
    return keras.Model(x, {name: function(x) for name, function in functions.items()})


def check_equal(result, expected):
    for name, value in expected.items():
        pairs = zip(tf.nest.flatten(result[name]), tf.nest.flatten(value), strict=True)
        for array, other in pairs:
            np.testing.assert_allclose(np.asarray(array), other, atol=1e-6, err_msg=name)
            assert np.asarray(array).dtype == np.asarray(other).dtype


def test_reading_and_writing(x, tmp_path):
    theirs = model_of(BOTH)
    theirs.save(tmp_path / "theirs.keras")
    ours = tfk.models.load_model(tmp_path / "theirs.keras")
    check_equal(ours(x), theirs(x))
    ours.save(tmp_path / "ours.keras", for_keras=3)
    check_equal(keras.models.load_model(tmp_path / "ours.keras")(x), theirs(x))


def test_reading(x, tmp_path):
    theirs = model_of(READ)
    theirs.save(tmp_path / "theirs.keras")
    check_equal(tfk.models.load_model(tmp_path / "theirs.keras")(x), theirs(x))


@pytest.mark.parametrize(
    "function",
    [lambda x: ops.split(x, [1, 3], axis=1), lambda x: ops.argmax(x), lambda x: ops.round(x, 1)],
    ids=["sections", "axis", "decimals"],
)
def test_settings_without_a_counterpart_are_named(function):
    theirs = model_of({"y": function})
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
    with pytest.raises(ValueError, match=r"the operation (Split|Argmax|Round)\(\w+="):
        to_keras2(config)


def test_training_continues_with_the_loss_scale(tmp_path):
    random = np.random.RandomState(0)
    x, y = random.normal(size=(8, 4)), random.normal(size=(8, 1))
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1), initial_scale=64.0)
    theirs.compile(optimizer, "mse")
    theirs.fit(x, y, epochs=3, batch_size=8, verbose=0)
    theirs.save(tmp_path / "m.keras")
    ours = tfk.models.load_model(tmp_path / "m.keras")
    assert float(ours.optimizer.loss_scale) == 64 and int(ours.optimizer.dynamic_counter) == 3
    for model in (theirs, ours):
        model.fit(x, y, epochs=1, batch_size=8, verbose=0)
    for result, expected in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(result, expected, atol=1e-6)
