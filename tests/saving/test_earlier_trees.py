"""Weights under the paths that Keras 2.12 to 2.14 gave them."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import tfk
from tfk.saving.earlier_trees import MARK

# Names of the groups of three Dense layers with a Dropout behind the first one.
NAMES = {
    "2.13": ("dense", "dense_2", "dense_4"),  # layers with weights count twice
    "2.14": ("dense", "dense_1", "dense_2"),
}


def deep_model():
    layers = [
        tfk.layers.Dense(3),
        tfk.layers.Dropout(0.1),
        tfk.layers.Dense(3),
        tfk.layers.Dense(3),
    ]
    model = tfk.Sequential([tfk.Input((3,)), *layers])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 3)))
    return model


def rename(path, names):
    """Moves the groups of a weights file to the paths of an earlier release."""
    with h5py.File(path, "a") as file:
        del file[MARK]
        layers = file["layers"]
        for old, new in reversed(list(zip(("dense", "dense_1", "dense_2"), names))):
            if old != new:
                layers.move(old, new)
        file.move("layers", MARK)


@pytest.mark.parametrize("release", NAMES)
def test_layers_of_a_graph(release, tmp_path):
    path = str(tmp_path / "model.weights.h5")
    model, other = deep_model(), deep_model()
    model.save_weights(path)
    rename(path, NAMES[release])
    other.load_weights(path)
    for got, want in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(got, want)
    for got, want in zip(other.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(got, want)


def test_weights_that_are_missing_are_named(tmp_path):
    path = str(tmp_path / "model.weights.h5")
    model = deep_model()
    model.save_weights(path)
    rename(path, NAMES["2.13"])
    with h5py.File(path, "a") as file:
        del file[f"{MARK}/dense_4"]
    with pytest.raises(ValueError, match="dense_4"):
        model.load_weights(path)


def place_names(path):
    """The places of the earlier releases in a file, with the present place of the same arrays."""
    with h5py.File(path) as file:
        present = {file[f"layers/{name}/vars"]: name for name in file["layers"]}
        second = file[MARK].items()
        return {name: present[group["vars"]] for name, group in second if "vars" in group}


def test_files_serve_keras_2_14(tmp_path):
    deep_model().save_weights(path := tmp_path / "model.weights.h5")
    assert place_names(path) == {name: name for name in NAMES["2.14"]}


def test_files_serve_keras_2_13_where_numbers_do_not_collide(tmp_path):
    layers = [tfk.Input((3,)), tfk.layers.Dense(3), tfk.layers.Dense(3)]
    tfk.Sequential(layers).save_weights(path := tmp_path / "model.weights.h5")
    assert place_names(path) == {"dense": "dense", "dense_1": "dense_1", "dense_2": "dense_1"}


def test_a_layer_in_a_list_and_an_attribute(tmp_path):
    class Blocks(tfk.layers.Layer):
        def __init__(self):
            super().__init__()
            self.blocks = [tfk.layers.Dense(2), tfk.layers.Dense(2)]
            self.a_block = self.blocks[0]  # visited before `blocks` in 2.14

        def call(self, inputs):
            return self.blocks[1](self.blocks[0](inputs))

    model = tfk.Sequential([tfk.Input((2,)), Blocks()])
    model.save_weights(path := tmp_path / "model.weights.h5")
    with h5py.File(path) as file:
        present, earlier = file["layers/blocks/blocks"], file[f"{MARK}/blocks"]
        assert earlier["a_block/vars"] == present["dense/vars"]
        assert earlier["blocks/dense/vars"] == present["dense_1/vars"]


def vocabulary_model():
    words = tfk.layers.TextVectorization()
    words.adapt(["a b b"])
    lookup = tfk.layers.StringLookup()
    lookup.adapt(["c", "d", "d"])
    text = tfk.Input((1,), dtype="string")
    return tfk.Model(text, [words(text), lookup(text)])


def vocabularies(model):
    return [layer.get_vocabulary() for layer in model.layers[1:]]


@pytest.mark.parametrize("kept", ["layers", MARK])
def test_vocabularies_are_found_under_either_path(kept, tmp_path):
    """As Keras 2.13 lists them: `assets/_layer_checkpoint_dependencies/string_lookup/...`."""
    model = vocabulary_model()
    model.save(tmp_path / "all.keras")
    with (
        zipfile.ZipFile(tmp_path / "all.keras") as source,
        zipfile.ZipFile(tmp_path / "some.keras", "w") as target,
    ):
        names = [name for name in source.namelist() if name.startswith(f"assets/{kept}/")]
        assert f"assets/{kept}/string_lookup/vocabulary.txt" in names
        assert f"assets/{kept}/text_vectorization/vocabulary.txt" in names
        for name in ["metadata.json", "config.json", "model.weights.h5", *names]:
            target.writestr(name, source.read(name))
    loaded = tfk.models.load_model(tmp_path / "some.keras")
    assert vocabularies(loaded) == vocabularies(model)


def test_settings_that_keras_2_12_wrote_as_numpy_scalars():
    slope = {"class_name": "__numpy__", "config": {"value": 0.25, "dtype": "float32"}}
    relu = {"class_name": "ReLU", "config": {"name": "r", "negative_slope": slope}}
    inner = {"class_name": "Sequential", "config": {"name": "s", "layers": [relu]}}
    outer = {"class_name": "TimeDistributed", "config": {"layer": inner}}
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [outer]}})
    model = tfk.models.model_from_json(text)
    np.testing.assert_array_equal(model(np.array([[[-4.0]]])), [[[-1.0]]])
