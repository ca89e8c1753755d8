"""A trained model and files around it, made once for all commands."""

import numpy as np
import pytest

import tfk
from tfk.utils.random import set_random_seed
from tfk_cli import main


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Folder with a model in several formats and data for it."""
    folder = tmp_path_factory.mktemp("files")
    set_random_seed(3)
    layers = tfk.layers
    model = tfk.Sequential(
        [
            layers.Dense(4, activation="relu", input_shape=(3,)),
            layers.Dense(2, activation="softmax", name="kind"),
        ],
        name="sequential",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.RandomState(0).normal(size=(8, 3)).astype("float32")
    model.fit(x, np.arange(8) % 2, verbose=0)
    model.save(folder / "model.keras")
    model.save(folder / "model.h5")
    model.save_weights(folder / "model.weights.h5")
    model.save_weights(folder / "weights.h5")
    (folder / "model.json").write_text(model.to_json())
    np.save(folder / "x.npy", x)
    np.savez(folder / "x.npz", x=x)
    np.savetxt(folder / "x.csv", x, delimiter=",", header="a,b,c", comments="")
    np.save(folder / "predicted.npy", model.predict(x, verbose=0))
    return folder


@pytest.fixture
def tfk_command(capsys, monkeypatch, tmp_path):
    """Runs one command in a folder of its own; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
