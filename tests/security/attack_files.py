"""Small models, and ways to put something else into their files."""

import json
import zipfile

import h5py
import numpy as np

import tfk


def small_model():
    model = tfk.Sequential(
        [tfk.layers.Dense(3, activation="relu", input_shape=(2,)), tfk.layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 1)))
    return model


def read_entries(path):
    """Dict from name to content of a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_entries(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def change_config(path, change):
    """Lets `change` edit the config in a `.keras` or `.h5` file in place."""
    if str(path).endswith(".h5"):
        with h5py.File(path, "r+") as file:
            config = json.loads(file.attrs["model_config"])
            change(config)
            file.attrs["model_config"] = json.dumps(config)
        return
    entries = read_entries(path)
    config = json.loads(entries["config.json"])
    change(config)
    write_entries(path, {**entries, "config.json": json.dumps(config)})


def sequential(*layers, shape=(2,)):
    """The config of a Sequential: an input, then layers given as pairs of name and config."""
    first = {"batch_input_shape": [None, *shape], "dtype": "float32", "name": "x"}
    entries = [("InputLayer", first), *layers]
    return {
        "class_name": "Sequential",
        "module": "keras",
        "config": {
            "name": "s",
            "layers": [
                {"class_name": name, "module": "keras.layers", "config": config}
                for name, config in entries
            ],
        },
    }


def functional(*layers, output, shape=(2,), dtype="float32"):
    """The config of a functional model with an input called "x".

    Args:
        layers: Triples of class name, config and inbound nodes; the config holds the name.
        output: Name of the layer whose output the model returns.
    """
    first = {"batch_input_shape": [None, *shape], "dtype": dtype, "name": "x"}
    entries = [("InputLayer", first, []), *layers]
    return {
        "class_name": "Functional",
        "config": {
            "name": "m",
            "layers": [
                {
                    "class_name": kind,
                    "name": config["name"],
                    "config": config,
                    "inbound_nodes": nodes,
                }
                for kind, config, nodes in entries
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [[output, 0, 0]],
        },
    }
