"""Layers and models that several nested models share, in the files of other Kerases."""

import itertools
import time

import keras
import numpy as np
import pytest

import tfk
from tfk.saving.shared_ids import complete_ids

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")


def two_levels(k, shares_model, comes_first):
    """A layer or model inside a nested model, and beside it."""
    shared = k.layers.Dense(4, "tanh", name="shared")
    if shares_model:
        shared = k.Sequential([k.Input((4,)), k.layers.Dense(4), shared], name="inner")
    a, b = k.Input((4,)), k.Input((4,))
    nested = k.Model(a, k.layers.Dense(4)(shared(a)), name="nested")
    parts = [shared(b), nested(b)] if comes_first else [nested(b), shared(b)]
    return k.Model(b, k.layers.Concatenate()([*parts, k.layers.Dense(2)(b)]))


@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras_3", "tf_keras"])
@pytest.mark.parametrize(
    ("shares_model", "comes_first"), [*itertools.product([False, True], repeat=2)]
)
def test_one_object_at_two_levels(k, shares_model, comes_first, tmp_path):
    theirs = two_levels(k, shares_model, comes_first)
    path = tmp_path / "model.keras"
    theirs.save(path)
    ours = tfk.models.load_model(path)
    assert len(ours.weights) == len(theirs.weights)
    np.testing.assert_allclose(ours(X), np.asarray(theirs(X)), rtol=1e-5, atol=1e-6)


def layer(**more):
    return {"class_name": "Dense", "config": {"name": "one", "units": 2}, **more}


def test_of_two_equal_layers_none_is_shared():
    config = {"layers": [layer(), layer(), layer(shared_object_id=7)]}
    complete_ids(config)
    assert config["layers"][:2] == [layer(), layer()]


def test_calls_and_inner_ids_are_no_part_of_a_layer():
    settings = {"name": "one", "units": 2, "init": {"class_name": "Zeros", "config": {}}}
    numbered = {**settings, "init": {**settings["init"], "shared_object_id": 3}}
    config = {
        "layers": [
            layer(config=settings, inbound_nodes=[["a", 0, 0, {}]]),
            layer(config=numbered, inbound_nodes=[], shared_object_id=7),
        ]
    }
    complete_ids(config)
    assert config["layers"][0]["shared_object_id"] == 7


def test_ids_that_are_no_numbers_are_left_to_the_reader():
    config = {"layers": [layer(), layer(shared_object_id=[1])]}
    complete_ids(config)
    assert config["layers"] == [layer(), layer(shared_object_id=[1])]


def test_many_ids_take_linear_time():
    config = {"layers": [layer() for _ in range(20_000)]}
    config["layers"] += [layer(shared_object_id=number) for number in range(20_000)]
    began = time.thread_time()
    complete_ids(config)
    assert time.thread_time() - began < 10
