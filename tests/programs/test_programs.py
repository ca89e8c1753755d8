"""Programs written for Keras 2 run unchanged under `tfk run`, with the results that they have under
tf_keras.

Every program starts from fixed weights, leaves out what is random, and saves what it computed to
the file that is its argument. Results are equal within a relative 2e-4 plus an absolute 2e-5 unless
stated otherwise below: sums of the other order, and optimizers that divide by small numbers,
account for that.
"""

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np
import pytest

from tfk.applications import weight_files
from tfk.saving import load_limits
from tfk_cli import main

HERE = pathlib.Path(__file__).parent
NOT_PROGRAMS = ("reference.py",)
PROGRAMS = sorted(
    path
    for path in HERE.glob("*.py")
    if not path.name.startswith("test_") and path.name not in NOT_PROGRAMS
)
GALLERY = sorted((HERE / "gallery").glob("*.py"))
RTOL, ATOL = 2e-4, 2e-5
# Programs with larger differences: (relative, absolute), and why.
TOLERANCES = {}


class Reference:
    """The process that runs programs under tf_keras."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "reference.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self, script, output):
        print(json.dumps([str(script), str(output)]), file=self._process.stdin, flush=True)

    def wait(self):
        """Waits for the program started last; returns the text of its error, or None."""
        return json.loads(self._process.stdout.readline() or '"the process ended"')

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="session")
def reference():
    if importlib.util.find_spec("tf_keras") is None:
        pytest.skip("tf_keras is not installed")
    process = Reference()
    yield process
    process.close()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "script",
    [*PROGRAMS, *(pytest.param(path, marks=pytest.mark.conformance) for path in GALLERY)],
    ids=lambda path: path.stem,
)
def test_results_are_those_of_keras(script, reference, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    reference.start(script, tmp_path / "theirs.npz")  # runs meanwhile
    code = main(["run", str(script), str(tmp_path / "ours.npz")])
    error = reference.wait()
    assert code == 0, capsys.readouterr().err
    assert error is None, error
    ours, theirs = np.load("ours.npz"), np.load("theirs.npz")
    assert sorted(ours.files) == sorted(theirs.files)
    rtol, atol = TOLERANCES.get(script.stem, (RTOL, ATOL))
    for name in ours.files:
        if ours[name].dtype.kind in "fc":
            np.testing.assert_allclose(ours[name], theirs[name], rtol, atol, err_msg=name)
        else:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


@pytest.fixture
def run_on_real_data(real_data, tmp_path, monkeypatch, capsys):
    """Runs a program of `real_data/` on the data sets in that folder; returns what it saved."""
    pytest.importorskip("matplotlib")
    (tmp_path / "datasets").symlink_to(real_data / "keras_datasets")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("TFK_DATASETS_TRUST_CACHE", "1")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)

    def run(name):
        code = main(["run", "--figures", "plots", str(HERE / "real_data" / name), "out.npz"])
        assert code == 0, capsys.readouterr().err
        return np.load("out.npz")

    return run


@pytest.mark.filterwarnings("ignore")
def test_mnist_overview(run_on_real_data, tmp_path):
    out = run_on_real_data("mnist_overview.py")
    assert out["accuracies"][:2].min() > 0.85 and out["accuracies"][2] > 0.7
    assert out["epochs"] < 9  # the custom callback stopped it
    assert len(out["rates"]) == 85 * out["epochs"][0] and np.allclose(out["rates"], 0.001)
    assert out["saved"] == pytest.approx(out["accuracies"][1], abs=0.03)
    assert (tmp_path / "training_log.csv").exists() and (
        tmp_path / "plots" / "figure1.png"
    ).exists()


@pytest.mark.filterwarnings("ignore")
def test_lecture(run_on_real_data):
    out = run_on_real_data("lecture_reviews_and_houses.py")
    assert str(out["review"]).startswith("? this film was just brilliant")
    for name in ("original", "smaller", "l2", "dropout"):
        loss, _, val_acc = out[name]
        assert val_acc.max() > 0.8 and loss[-1] < loss[0]
    assert out["l2"][0][-1] > out["original"][0][-1]  # the penalty is part of the loss
    assert out["average"].min() < 3.2 and out["mae"] < 3.5  # thousands of dollars


VGG16_BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
VGG16_HEAD = {"fc1": (25088, 4096), "fc2": (4096, 4096), "predictions": (4096, 1000)}


def write_vgg16(path, include_top):
    """Writes constant weights in the layout of the published ones; the file takes a few kB."""
    shapes, channels = {}, 3
    for block, (count, filters) in enumerate(VGG16_BLOCKS, start=1):
        for number in range(1, count + 1):
            shapes[f"block{block}_conv{number}"] = (3, 3, channels, filters)
            channels = filters
    with h5py.File(path, "w") as file:
        for name, shape in {**shapes, **(VGG16_HEAD if include_top else {})}.items():
            group = file.create_group(name)
            group.create_dataset(f"{name}/kernel:0", shape, "f4", fillvalue=0.001)
            group.create_dataset(f"{name}/bias:0", shape[-1:], "f4", fillvalue=0.0)
            group.attrs["weight_names"] = [f"{name}/kernel:0", f"{name}/bias:0"]
        file.attrs["layer_names"] = list(file)


@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore")
def test_overview_as_it_was_written(real_data, tmp_path, monkeypatch, capsys):
    """All programs of an overview of Keras as one script; the data sets are small."""
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("PIL.Image")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("TFK_DATASETS_TRUST_CACHE", "1")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "datasets").mkdir()
    mnist = np.load(real_data / "keras_datasets" / "mnist.npz")
    np.savez("datasets/mnist.npz", **{name: mnist[name][:1000] for name in mnist.files})
    image.new("RGB", (80, 60), "orange").save("example.jpg")
    monkeypatch.setattr(weight_files, "get_file", lambda name, *_, **__: str(tmp_path / name))
    write_vgg16("vgg16_weights_tf_dim_ordering_tf_kernels.h5", include_top=True)
    write_vgg16("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", include_top=False)
    classes = {str(k): [f"n{k:08d}", f"class {k}"] for k in range(1000)}
    (tmp_path / "imagenet_class_index.json").write_text(json.dumps(classes))
    with load_limits(bytes=2**30):  # the files of weights are smaller than what they stand for
        code = main(["run", str(HERE / "real_data" / "overview.py")])
    out, err = capsys.readouterr()
    assert code == 0, err
    accuracies = re.findall(r"Test accuracy: (\S+)", out)
    assert len(accuracies) == 3 and min(map(float, accuracies)) > 0.6
    assert "1: class" in out and "Training with callbacks completed!" in out
    assert out.endswith("Training completed with custom callback!\n")
    assert {"best_model.h5", "training_log.csv", "logs"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 15


def test_command_in_a_fresh_process(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tfk",
            "run",
            str(HERE / "sequential_classifier.py"),
            str(tmp_path / "out.npz"),
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "Test accuracy:" in done.stdout and np.load(tmp_path / "out.npz")[
        "predictions"
    ].shape == (5, 4)
