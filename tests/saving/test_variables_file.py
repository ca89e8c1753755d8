"""Weights in a file that no object of the model reads are named."""

import warnings

import h5py
import numpy as np
import pytest

import tfk
from tfk import layers


class Columns(tfk.Model):
    """A Dense layer for each number of units, one after the other."""

    def __init__(self, *units):
        super().__init__()
        self.columns = [layers.Dense(number) for number in units]

    def call(self, inputs):
        for column in self.columns:
            inputs = column(inputs)
        return inputs


def columns(*units):
    model = Columns(*units)
    model(np.ones((2, 3)))
    return model


def trained():
    model = tfk.Sequential([tfk.Input((3,)), layers.Dense(2), layers.Dropout(0.2)])
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    return model


def test_weights_of_an_object_that_the_model_lacks(tmp_path):
    path = str(tmp_path / "model.weights.h5")
    larger, smaller = columns(4, 5, 1), columns(4, 5)
    larger.save_weights(path)
    with pytest.warns(UserWarning, match=r"weights at \['layers/dense_2'\] that are not used"):
        smaller.load_weights(path)
    for got, want in zip(smaller.weights, larger.weights):
        np.testing.assert_array_equal(got, want)


def test_an_extra_group_in_a_model_file(tmp_path):
    path = str(tmp_path / "model.weights.h5")
    model = trained()
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        file["layers/other/vars/0"] = np.ones(3)
    with pytest.warns(UserWarning, match="layers/other"):
        model.load_weights(path)


@pytest.mark.parametrize("extension", [".keras", ".weights.h5"])
def test_state_of_training_may_stay_unused(extension, tmp_path):
    path = str(tmp_path / f"model{extension}")
    model = trained()
    model.save(path) if extension == ".keras" else model.save_weights(path)
    plain = tfk.Sequential([tfk.Input((3,)), layers.Dense(2), layers.Dropout(0.2)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain.load_weights(path)
        if extension == ".keras":
            plain = tfk.models.load_model(path, compile=False)
    np.testing.assert_array_equal(plain.weights[0], model.weights[0])


def test_an_array_with_two_names_is_used_under_one(tmp_path):
    path = str(tmp_path / "model.weights.h5")
    model = trained()
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        file["a_second_name/vars"] = file["layers/dense/vars"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.load_weights(path)
