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
import subprocess
import sys

import numpy as np
import pytest

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
