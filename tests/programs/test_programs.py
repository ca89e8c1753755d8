"""Programs written for Keras 2 run unchanged under `tfk run`, with the results that they have under tf_keras.

Every program starts from fixed weights, leaves out what is random, and saves what it computed to the file that is
its argument. Results are equal within a relative 2e-4 plus an absolute 2e-5 unless stated otherwise below: sums of
the other order, and optimizers that divide by small numbers, account for that.
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tfk.cli.main import main

HERE = pathlib.Path(__file__).parent
NOT_PROGRAMS = ("reference.py",)
PROGRAMS = sorted(
    path for path in HERE.glob("*.py") if not path.name.startswith("test_") and path.name not in NOT_PROGRAMS
)
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
@pytest.mark.parametrize("script", PROGRAMS, ids=lambda path: path.stem)
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


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 15


def test_command_in_a_fresh_process(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "tfk", "run", str(HERE / "sequential_classifier.py"), str(tmp_path / "out.npz")],
        env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Test accuracy:" in done.stdout and np.load(tmp_path / "out.npz")["predictions"].shape == (5, 4)
