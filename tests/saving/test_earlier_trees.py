"""Weights under the paths that Keras 2.12 to 2.14 gave them."""

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
