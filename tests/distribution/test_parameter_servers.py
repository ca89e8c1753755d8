"""Two workers and a server train to what one process reaches."""

import pathlib
import runpy
import sys

import pytest

from tests.distribution.parts import Parts

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
STEPS = -(-1437 // 32)  # batches of the digits in an epoch


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    launch = runpy.run_path(str(ROOT / "examples" / "distributed" / "launch.py"))
    folder = tmp_path_factory.mktemp("servers")
    command = [sys.executable, str(HERE / "parameter_servers.py"), str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        parts = Parts(
            folder, lambda **options: launch["start"](command, workers=2, servers=1, **options)
        )
    yield parts
    parts.stop()


def test_one_process_trains(results):
    assert results["alone"][1] > 0.9


def test_arrays_train_to_the_accuracy_of_one_process(results):
    alone, arrays = results["alone"][1], results["arrays"]
    assert arrays["evaluate"][1] > alone - 0.02
    assert arrays["steps"] == 12 * STEPS
    losses = arrays["history"]["loss"]
    assert losses[-1] < losses[0] / 4 and arrays["history"]["accuracy"][-1] > 0.95


def test_every_row_is_evaluated_and_predicted_once(results):
    arrays = results["arrays"]
    assert arrays["evaluate"] == pytest.approx(arrays["evaluate on disk"], abs=1e-5)
    assert arrays["evaluate dataset"] == pytest.approx(arrays["evaluate on disk"], abs=1e-5)
    assert arrays["history"]["val_loss"][-1] == pytest.approx(arrays["evaluate"][0], abs=1e-5)
    assert arrays["apart"] < 1e-5 and arrays["few"] == [3, 10]


def test_callbacks_of_epochs_run_on_the_chief(results):
    names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert results["arrays"]["seen"] == [[epoch, names] for epoch in range(12)]


def test_callbacks_of_the_library(results):
    ours = results["callbacks"]
    assert ours["epochs"] == [0, 1, 2] and ours["rate"] == pytest.approx(0.001 / 8)
    assert {"backup", "board", "checkpoint", "log.csv"} <= set(ours["written"])
    assert ours["board"] == ["train", "validation"]


def test_pipelines_of_the_workers(results):
    creator = results["creator"]
    assert creator["steps"] == creator["expected"]
    assert creator["evaluate"][1] > results["alone"][1] - 0.02
    assert creator["logs"] == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert "steps_per_epoch" in creator["without steps"] and "no order" in creator["predict"]


def test_datasets_generators_and_steps_of_ones_own(results):
    others = results["others"]
    assert others["steps"] == [STEPS, 19 + 11]
    assert others["own"][-1] < others["own"][0] / 10


@pytest.mark.parametrize(
    "what, told",
    [
        ("hooks", "act on every batch"),
        ("bar", "verbose=2"),
        ("XLA", "jit_compile=True is not supported"),
        ("eager", "run_eagerly=True is not supported"),
        ("float16", "does not work with ParameterServerStrategy"),
    ],
)
def test_what_cannot_be_had_is_refused(results, what, told):
    assert told in results["others"][what]
