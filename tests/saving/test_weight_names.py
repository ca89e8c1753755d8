"""The order of weights in HDF5 files does not depend on what is trainable when they are read."""

import time

import numpy as np
import pytest

import tfk
from tfk.saving.weight_names import places_by_name

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


def two_sides(k):
    x, both = k.Input((3, 4)), k.layers.Bidirectional(k.layers.LSTM(2))
    return k.Model(x, both(x)), both.forward_layer


def nested(k):
    first = k.layers.Dense(4)
    inner = k.Sequential([k.Input((3, 4)), first, k.layers.Dense(4)])
    x = k.Input((3, 4))
    return k.Model(x, inner(x)), first


@pytest.mark.parametrize("k", [tfk, tf_keras], ids=lambda k: k.__name__)
@pytest.mark.parametrize("build", [two_sides, nested])
def test_weights_of_a_frozen_part(build, k, tmp_path):
    model, part = build(k)
    part.trainable = False
    model.save_weights(tmp_path / "weights.h5")
    model.save(tmp_path / "model.h5")
    other, _ = build(tfk)
    other.load_weights(tmp_path / "weights.h5")
    for loaded in (other, tfk.models.load_model(tmp_path / "model.h5")):
        np.testing.assert_allclose(loaded(X), model(X), rtol=1e-4, atol=1e-6)


def test_numbers_of_default_names_do_not_count():
    own = ["dense_7/kernel:0", "dense_7/bias:0", "dense_9/kernel:0"]
    assert places_by_name(own, ["dense_1/kernel:0", "dense/kernel:0", "dense/bias:0"]) == [1, 2, 0]
    assert places_by_name(own, ["dense/kernel:0", "dense/bias:0", "other/kernel:0"]) is None
    assert places_by_name(["w:0", "w:0"], ["w:0", "w:0"]) is None


def test_names_of_damaged_files_are_only_other_names():
    assert places_by_name(["dense/kernel:0"], ["den\nse/kernel:0"]) is None


def test_many_names_take_linear_time():
    own = [f"dense_{number}/kernel:0" for number in range(20_000)]
    began = time.thread_time()
    assert places_by_name(own, own[::-1]) == list(range(20_000))[::-1]
    assert time.thread_time() - began < 10
