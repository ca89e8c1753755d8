"""Two local processes under MultiWorkerMirroredStrategy give the numbers of one device."""

import json
import os
import pathlib
import runpy
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
launch = runpy.run_path(str(ROOT / "examples" / "distributed" / "launch.py"))


@pytest.fixture(autouse=True)
def _on_this_checkout(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")


def test_two_workers_killed_and_started_again_equal_one_device(tmp_path):
    command = [sys.executable, str(HERE / "worker.py"), str(tmp_path)]
    assert launch["wait"](launch["start"]([*command, "--die"], 2), timeout=150) != 0
    assert not (tmp_path / "0.json").exists() and os.listdir(tmp_path / "backup-1")
    assert launch["wait"](launch["start"](command, 2), timeout=150) == 0
    subprocess.run(command, check=True, timeout=100)
    alone = json.loads((tmp_path / "alone.json").read_text())
    for worker in ("0", "1"):
        together = json.loads((tmp_path / f"{worker}.json").read_text())
        for part in ("evaluate", "predict"):
            np.testing.assert_allclose(together[part], alone[part], atol=1e-5)
        for name, values in alone["history"].items():
            np.testing.assert_allclose(together["history"][name], values, atol=1e-5)
        for ours, expected in zip(together["weights"], alone["weights"], strict=True):
            np.testing.assert_allclose(ours, expected, atol=1e-5)
    # The chief alone keeps what ModelCheckpoint writes.
    assert os.listdir(tmp_path / "models") == ["model.keras"]


def test_launcher_reports_a_failing_worker(tmp_path):
    script = "import json, os, sys, time; i = json.loads(os.environ['TF_CONFIG'])['task']['index']; "
    script += "time.sleep(0 if i else 60); sys.exit(3 if i else 0)"
    assert launch["wait"](launch["start"]([sys.executable, "-c", script], 2), timeout=50) == 3
