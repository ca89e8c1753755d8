"""Two local processes under MultiWorkerMirroredStrategy give the numbers of one device."""

import functools
import json
import os
import pathlib
import runpy
import sys

import numpy as np
import pytest

import tfk
from tests.distribution import step_logs, worker
from tests.support import compare

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
launch = runpy.run_path(str(ROOT / "examples" / "distributed" / "launch.py"))


def status_of_two_workers(folder, *arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        command = [sys.executable, str(HERE / "worker.py"), str(folder), *arguments]
        return launch["wait"](launch["start"](command, 2), timeout=150)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Folder of a training in whose second epoch a worker was killed."""
    folder = tmp_path_factory.mktemp("workers")
    rows = np.concatenate([worker.X, worker.Y], axis=1)
    for name, part in (("a", rows[:11]), ("b", rows[11:])):
        np.savetxt(folder / f"{name}.csv", part, "%.9g", ",")
    assert status_of_two_workers(folder, "--die") != 0
    return folder


@pytest.fixture(scope="module")
def folder(killed):
    """Where this training was then finished, and one process has trained alone."""
    assert status_of_two_workers(killed) == 0
    alone = worker.train(killed / "alone", "0")
    (killed / "alone.json").write_text(json.dumps(alone))
    return killed


@pytest.fixture(params=["0", "1"], ids=["chief", "worker"])
def results(folder, request):
    """What a worker and the process alone have written."""
    return [json.loads((folder / f"{name}.json").read_text()) for name in (request.param, "alone")]


assert_close = functools.partial(compare.assert_close, rtol=1e-7, atol=1e-5, dtypes=False)


def test_a_killed_worker_ends_the_others_and_leaves_backups(killed):
    assert not (killed / "0.json").exists() and not (killed / "1.json").exists()
    assert all(os.listdir(killed / "backup" / name) for name in ("worker-0", "worker-1"))


def test_numbers_are_those_of_one_device(results):
    ours, alone = results
    for part in ("evaluate", "predict", "weights", "words"):
        assert_close(ours[part], alone[part])
    assert ours["history"].keys() == alone["history"].keys()
    assert_close(ours["history"], alone["history"])


def test_all_workers_end_where_one_stops(results):
    ours, alone = results
    assert (ours["trained epochs"], alone["trained epochs"]) == (2, 3)


def test_logs_of_custom_steps_are_the_same_on_each_worker(results):
    assert results[0]["step logs"] == step_logs.EXPECTED


def test_goes_on_where_it_was_killed(results):
    ours, alone = results
    assert (ours["epochs"], alone["epochs"]) == ([1, 2], [0, 1, 2])


@pytest.mark.parametrize("policy", worker.POLICIES)
def test_policies_of_sharding(results, policy):
    ours, alone = (result["policies"][policy] for result in results)
    assert ours["steps"] == alone["steps"] == (11 if policy == "OFF" else 6)
    assert_close(ours["weights"], alone["weights"])


def test_only_the_chief_keeps_checkpoints(folder):
    weights = [np.array(value) for value in json.loads((folder / "0.json").read_text())["weights"]]
    assert_close(tfk.models.load_model(folder / "saved-0.keras").get_weights(), weights)
    assert {path.name for path in folder.glob("*.keras")} == {
        "model.keras",
        "saved-0.keras",
        "saved-1.keras",
    }
    assert not list(folder.glob("workertemp*"))


def test_launcher_reports_a_failing_worker(tmp_path):
    script = (
        "import json, os, sys, time; i = json.loads(os.environ['TF_CONFIG'])['task']['index']; "
    )
    script += "time.sleep(0 if i else 60); sys.exit(3 if i else 0)"
    assert launch["wait"](launch["start"]([sys.executable, "-c", script], 2), timeout=50) == 3
