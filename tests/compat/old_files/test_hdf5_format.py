"""Weights of lists of layers in HDF5 groups, in both directions with Keras 2."""

import h5py
import numpy as np
import pytest

import tfk
from tfk.compat.old_files import hdf5_format

tf_keras = pytest.importorskip("tf_keras")
keras_hdf5_format = pytest.importorskip("tf_keras.src.saving.legacy.hdf5_format")


def build(keras):
    return keras.Sequential(
        [
            keras.layers.Dense(4, name="first", input_shape=(3,)),
            keras.layers.Dense(2, name="second"),
        ]
    )


@pytest.mark.parametrize("by_name", [False, True])
def test_weights_written_by_keras(tmp_path, by_name):
    theirs, ours = build(tf_keras), build(tfk)
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        keras_hdf5_format.save_weights_to_hdf5_group(file, theirs)
    with h5py.File(tmp_path / "weights.h5", "r") as file:
        if by_name:
            hdf5_format.load_weights_from_hdf5_group_by_name(file, ours.layers[:1])
        else:
            hdf5_format.load_weights_from_hdf5_group(file, ours.layers)
    for mine, wanted in zip(ours.layers[0].get_weights(), theirs.layers[0].get_weights()):
        np.testing.assert_array_equal(mine, wanted)


def test_weights_read_by_keras(tmp_path):
    theirs, ours = build(tf_keras), build(tfk)
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        hdf5_format.save_weights_to_hdf5_group(file, ours.layers)
        hdf5_format.save_attributes_to_hdf5_group(file, "kinds", ["a", "b"])
        assert list(hdf5_format.load_attributes_from_hdf5_group(file, "kinds")) == ["a", "b"]
        keras_hdf5_format.load_weights_from_hdf5_group(file, theirs)
    for mine, wanted in zip(ours.get_weights(), theirs.get_weights()):
        np.testing.assert_array_equal(mine, wanted)
