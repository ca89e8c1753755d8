"""Where `.keras` and `.weights.h5` files keep the parts of a model."""

import h5py
import numpy as np
import pytest

import tfk
from tfk.saving import earlier_trees

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


def in_layer(k):
    """A layer with layers in nested lists, dicts of lists and tuples; a class for each library."""

    class Blocks(k.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.flat = [k.layers.Dense(4), k.layers.Dense(4)]
            self.nested = [[k.layers.Dense(4)], [k.layers.Dense(4), k.layers.Dense(4)]]
            self.by_name = {"a": k.layers.Dense(4), "b": [k.layers.Dense(4)]}
            self.pairs = [(k.layers.Dense(4), k.layers.BatchNormalization())]
            self.deep = {"x": {"y": [[k.layers.Dense(4)]]}, "shared": [self.flat]}

        def call(self, inputs):
            layers = [*self.flat, *self.nested[0], *self.nested[1], self.by_name["a"]]
            layers += [self.by_name["b"][0], *self.pairs[0], self.deep["x"]["y"][0][0]]
            for layer in layers:
                inputs = layer(inputs)
            return inputs

    return Blocks


class Towers(tfk.Model):
    """A model that finds its layers in nested lists, under a name that comes after `layers`."""

    def __init__(self, k=tfk, **kwargs):
        super().__init__(**kwargs)
        self.towers = [[k.layers.Dense(4), k.layers.BatchNormalization()] for _ in range(2)]

    def call(self, inputs):
        for dense, norm in self.towers:
            inputs = norm(dense(inputs))
        return inputs

    def get_config(self):
        return {}


def graph_with(layer):
    inputs = tfk.Input((4,))
    model = tfk.Model(inputs, layer()(inputs))
    model.set_weights(
        [
            np.random.default_rng(n).uniform(0.5, 1, w.shape)
            for n, w in enumerate(model.get_weights())
        ]
    )
    return model


def datasets(path):
    """Names of all arrays, without the second names under which earlier releases find them."""
    found = []

    def visit(group, place):
        for name, item in group.items():
            if isinstance(item, h5py.Group):
                visit(item, f"{place}{name}/")
            else:
                found.append(place + name)

    with h5py.File(path, "r") as file:
        visit(file, "")
    return sorted(name for name in found if not name.startswith(earlier_trees.MARK))


@pytest.mark.parametrize("ending", [".keras", "", ".h5", ".weights.h5"])
def test_layers_in_nested_containers_come_back(ending, tmp_path):
    layer = in_layer(tfk)
    model, path = graph_with(layer), str(tmp_path / f"model{ending}")
    if ending == ".weights.h5":
        model.save_weights(path)
        loaded = graph_with(layer)
        loaded.set_weights([np.zeros_like(value) for value in loaded.get_weights()])
        loaded.load_weights(path)
    else:
        model.save(path)
        loaded = tfk.models.load_model(path, custom_objects={"Blocks": layer})
    assert len(model.weights) == 22 and model.weights[0].shape == (4, 4)
    for value, expected in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(value, expected)


def test_inner_containers_are_stored_beside_what_keras_2_stores(tmp_path):
    model = graph_with(in_layer(tfk))
    model.save_weights(tmp_path / "tfk.weights.h5")
    inputs = tf_keras.Input((4,))
    tf_keras.Model(inputs, in_layer(tf_keras)()(inputs)).save_weights(
        str(tmp_path / "tf_keras.weights.h5")
    )
    ours, theirs = (datasets(tmp_path / f"{name}.weights.h5") for name in ("tfk", "tf_keras"))
    assert set(theirs) < set(ours)
    own = {
        name.removeprefix("layers/blocks/").split("/vars")[0] for name in set(ours) - set(theirs)
    }
    assert own == {
        "nested/container/dense",
        "nested/container_1/dense",
        "nested/container_1/dense_1",
        "by_name/container/dense",
        "pairs/container/dense",
        "pairs/container/batch_normalization",
        "deep/container/container/container/dense",
    }


def test_a_file_without_inner_containers_names_what_is_missing(tmp_path):
    inputs = tf_keras.Input((4,))
    tf_keras.Model(inputs, in_layer(tf_keras)()(inputs)).save_weights(
        str(tmp_path / "tf_keras.weights.h5")
    )
    model = graph_with(in_layer(tfk))
    before = model.get_weights()
    with pytest.raises(ValueError, match="pairs/container/dense|by_name/container/dense"):
        model.load_weights(tmp_path / "tf_keras.weights.h5")
    for value, expected in zip(model.get_weights(), before):
        np.testing.assert_array_equal(value, expected)


def test_models_store_nested_layers_where_keras_2_does(tmp_path):
    model = Towers()
    model(X)
    model.save_weights(tmp_path / "towers.weights.h5")
    assert {name.split("/vars")[0] for name in datasets(tmp_path / "towers.weights.h5")} == {
        "layers/dense",
        "layers/dense_1",
        "layers/batch_normalization",
        "layers/batch_normalization_1",
    }


def test_a_layer_inside_two_wrappers_comes_back_as_one(tmp_path):
    # tf_keras makes two layers of it, for one of which the file then lacks weights.
    shared, x = tfk.layers.Dense(2, name="shared"), tfk.Input((3, 4))
    outputs = [tfk.layers.TimeDistributed(shared, name=name)(x) for name in ("a", "b")]
    model = tfk.Model(x, outputs)
    path = str(tmp_path / "model.keras")
    model.save(path)
    loaded = tfk.models.load_model(path)
    assert loaded.get_layer("a").layer is loaded.get_layer("b").layer
    values = np.ones((1, 3, 4), "float32")
    for before, after in zip(model(values), loaded(values)):
        np.testing.assert_array_equal(before, after)
