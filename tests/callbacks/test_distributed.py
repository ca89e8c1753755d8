"""Callbacks where several devices or processes train one model."""

import os
import pathlib
import subprocess
import sys
import types

import pytest
import tensorflow as tf

from tfk.callbacks import (
    BackupAndRestore,
    Callback,
    CallbackList,
    History,
    backup_files,
    distributed_paths,
)
from tfk.callbacks.backup_and_restore import PARTS
from tfk.callbacks.state_file import write_state

PROGRAM = pathlib.Path(__file__).with_name("mirrored_training.py")


def test_two_devices_resume_exactly(tmp_path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(PROGRAM), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0 and "equal" in done.stdout, done.stderr[-3000:]


@pytest.fixture
def second_worker(monkeypatch):
    """Makes this process the second of two workers."""
    cluster = types.SimpleNamespace(
        task_type="worker",
        task_id=1,
        cluster_spec=lambda: tf.train.ClusterSpec({"worker": ["a:1", "b:1"]}),
    )

    class Strategy:
        cluster_resolver = cluster

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", Strategy)
    return types.SimpleNamespace(distribute_strategy=Strategy())


def test_only_the_chief_keeps_files(second_worker, tmp_path, model):
    assert distributed_paths.workers_of(second_worker) == (("worker-0", "worker-1"), "worker-1")
    path = distributed_paths.writable_path(second_worker, str(tmp_path / "m.keras"))
    assert path == str(tmp_path / "workertemp_worker-1" / "m.keras")
    os.makedirs(os.path.dirname(path))
    distributed_paths.drop_unwanted(second_worker, path)
    assert os.listdir(tmp_path) == []
    assert distributed_paths.workers_of(model) == ((), None) and distributed_paths.is_chief(model)
    assert distributed_paths.writable_path(model, "m.keras") == "m.keras"


@pytest.mark.parametrize(
    "of_the_other, read, left",
    [(3, 3, [2, 3]), (2, 2, [2]), (4, 3, [2, 3]), (1, 3, [2, 3]), (-1, 3, [2, 3])],
    ids=["same", "cut off", "will remove its own", "of another training", "has lost its own"],
)
def test_workers_resume_from_the_newest_backup_that_all_of_them_have(
    second_worker, tmp_path, monkeypatch, of_the_other, read, left
):
    monkeypatch.setattr(backup_files, "least", lambda strategy, number: min(number, of_the_other))
    backup = BackupAndRestore(tmp_path)
    backup.set_model(second_worker)
    folder = tmp_path / "worker-1"
    folder.mkdir()
    for number in (2, 3):
        state = dict.fromkeys(PARTS) | {"position": number}
        write_state(folder / f"training-state-{number}.zip", state)
    assert backup._newest_state()["position"] == read
    assert sorted(os.listdir(folder)) == [f"training-state-{number}.zip" for number in left]


def test_workers_start_anew_where_one_has_no_backup_yet(second_worker, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_files, "least", lambda strategy, number: -1)
    backup = BackupAndRestore(tmp_path)
    backup.set_model(second_worker)
    (tmp_path / "worker-1").mkdir()
    write_state(tmp_path / "worker-1" / "training-state-0.zip", dict.fromkeys(PARTS))
    assert backup._newest_state() is None and not os.listdir(tmp_path / "worker-1")


def test_workers_save_after_the_same_batches_alone(second_worker, tmp_path):
    backup = BackupAndRestore(tmp_path, save_freq="10s")
    backup.set_model(second_worker)
    with pytest.raises(ValueError, match="several workers have to save after the same batches"):
        backup.on_train_begin()
    assert distributed_paths.workers_of(second_worker)[1] == "worker-1"


def test_batch_hooks_are_refused_with_parameter_servers(monkeypatch):
    class Strategy:
        pass

    class PerBatch(Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    monkeypatch.setattr(tf.distribute, "ParameterServerStrategy", Strategy)
    monkeypatch.setattr(tf.distribute, "get_strategy", Strategy)
    CallbackList([History()])
    with pytest.raises(
        ValueError, match="PerBatch act on every batch, which ParameterServerStrategy cannot do"
    ):
        CallbackList([PerBatch()]).set_model(None)
