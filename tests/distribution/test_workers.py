"""Two local processes under MultiWorkerMirroredStrategy give the numbers of one device."""

import json
import os
import pathlib
import runpy
import subprocess
import sys

import numpy as np
import pytest

import tfk
from tests.distribution import worker

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
launch = runpy.run_path(str(ROOT / "examples" / "distributed" / "launch.py"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where two workers have trained, of which one was killed and both were started again, and one process alone."""
    folder = tmp_path_factory.mktemp("workers")
    rows = np.concatenate([worker.X, worker.Y], axis=1)
    for name, part in (("a", rows[:11]), ("b", rows[11:])):
        np.savetxt(folder / f"{name}.csv", part, "%.9g", ",")
    command = [sys.executable, str(HERE / "worker.py"), str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        assert launch["wait"](launch["start"]([*command, "--die"], 2), timeout=150) != 0
        assert not (folder / "0.json").exists() and os.listdir(folder / "backup" / "worker-1")
        assert launch["wait"](launch["start"](command, 2), timeout=150) == 0
        subprocess.run(command, check=True, timeout=100)
    return folder


@pytest.fixture(params=["0", "1"], ids=["chief", "worker"])
def results(folder, request):
    """What a worker and the process alone have written."""
    return [json.loads((folder / f"{name}.json").read_text()) for name in (request.param, "alone")]


def assert_close(ours, expected):
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_numbers_are_those_of_one_device(results):
    ours, alone = results
    for part in ("evaluate", "predict", "weights"):
        assert_close(ours[part], alone[part])
    assert ours["history"].keys() == alone["history"].keys()
    assert_close(ours["history"].values(), alone["history"].values())


def test_goes_on_where_it_was_killed(results):
    ours, alone = results
    assert (ours["epochs"], alone["epochs"]) == ([1, 2], [0, 1, 2])


@pytest.mark.parametrize("policy", worker.POLICIES)
def test_policies_of_sharding(results, policy):
    ours, alone = (result["policies"][policy] for result in results)
    assert ours["steps"] == alone["steps"] == (11 if policy == "OFF" else 6)
    assert_close(ours["weights"], alone["weights"])


def test_only_the_chief_keeps_models(folder):
    weights = json.loads((folder / "0.json").read_text())["weights"]
    assert_close(tfk.models.load_model(folder / "saved.keras").get_weights(), weights)
    kept = {path.name for path in folder.iterdir()}
    assert kept == {
        "0.json",
        "1.json",
        "a.csv",
        "alone",
        "alone.json",
        "b.csv",
        "backup",
        "model.keras",
        "saved.keras",
    }


def test_launcher_reports_a_failing_worker(tmp_path):
    script = "import json, os, sys, time; i = json.loads(os.environ['TF_CONFIG'])['task']['index']; "
    script += "time.sleep(0 if i else 60); sys.exit(3 if i else 0)"
    assert launch["wait"](launch["start"]([sys.executable, "-c", script], 2), timeout=50) == 3
