"""A kill, an exception or a full disk while a file is written leaves the old file or the new
one.
"""

import os
import pathlib
import resource
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.saving import killed_while_saving
from tests.saving.killed_while_saving import model_with
from tfk.utils.temporaries import HOST, temporary_name

MOMENTS = int(os.environ.get("MOMENTS", "4"))


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """What killed processes left: a folder a kind of file and moment.

    More of them: `MOMENTS=50 python -m pytest -q tests/saving/test_interrupted.py -k kill`.
    """
    folder = tmp_path_factory.mktemp("killed")
    subprocess.run(
        [sys.executable, "-m", killed_while_saving.__name__, str(folder), str(MOMENTS)],
        cwd=pathlib.Path(__file__).parents[2],
        check=True,
        timeout=100 * MOMENTS,
    )
    return folder


@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("kind", killed_while_saving.KINDS)
def test_kill_at_random_moments(kind, moment, left_behind):
    """What a model of equal weights makes of ones tells which of the two was read, and whether it
    is whole.
    """
    path, x = f"{left_behind}/{kind}_{moment}", np.ones((1, 64), "float32")
    expected = [float(killed_while_saving.model_with(value)(x)[0, 0]) for value in (1.0, 2.0)]
    outputs = np.asarray(READERS[kind](path)(x))
    assert len(np.unique(outputs)) == 1 and float(outputs[0, 0]) in expected


def with_weights(path):
    model = model_with(0.0)
    status = model.load_weights(path)
    if status is not None:
        status.assert_existing_objects_matched()
    return model


def served(path):
    function = tf.saved_model.load(path).signatures["serving_default"]
    return lambda x: next(iter(function(tf.constant(x)).values()))


def interpreted(path):
    runner = tf.lite.Interpreter(path).get_signature_runner()
    (name,) = runner.get_input_details()
    return lambda x: next(iter(runner(**{name: x}).values()))


READERS = {
    "keras": lambda path: tfk.models.load_model(f"{path}/file.keras"),
    "h5": lambda path: tfk.models.load_model(f"{path}/file.h5"),
    "weights.h5": lambda path: with_weights(f"{path}/file.weights.h5"),
    "h5 weights": lambda path: with_weights(f"{path}/weights.h5"),
    "checkpoint": lambda path: with_weights(f"{path}/file"),
    "directory": lambda path: tfk.models.load_model(f"{path}/file"),
    "export": lambda path: served(f"{path}/file"),
    "lite": lambda path: interpreted(f"{path}/file"),
}


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("steps", range(9))
def test_checkpoints_can_be_read_after_every_step(steps, tmp_path, monkeypatch):
    """Keras 2's own reader finds the old or the new weights wherever moving the files into place
    ends.
    """
    keras = pytest.importorskip("tf_keras")
    reader = keras.Sequential(
        [keras.layers.Dense(64, input_shape=(64,)), keras.layers.Dense(64)], name="reader"
    )
    prefix, done = str(tmp_path / "weights"), []

    def until_killed(function):
        def step(*args, **kwargs):
            if len(done) == steps:
                raise Killed
            done.append(function.__name__)
            return function(*args, **kwargs)

        return step

    models = [model_with(1.0), model_with(2.0)]
    models[0].save_weights(prefix)
    for number in (1, 0, 1):  # with two data files, with one, with two
        done.clear()
        with monkeypatch.context() as patch:
            for name in ("rename", "remove", "rmtree"):
                patch.setattr(tf.io.gfile, name, until_killed(getattr(tf.io.gfile, name)))
            try:
                models[number].save_weights(prefix)
            except Killed:
                pass
        for path in (prefix, tf.train.latest_checkpoint(tmp_path)):
            reader.load_weights(path).expect_partial()
            assert (
                len({float(v) for weight in reader.get_weights() for v in np.unique(weight)}) == 1
            )
    assert len(done) in (steps, 5, 6)


@pytest.mark.parametrize("kind", killed_while_saving.KINDS)
def test_a_disk_that_fills_up_leaves_the_old_file(kind, tmp_path):
    """The system refuses to let files grow beyond 10 kB, as a full disk would."""
    save = killed_while_saving.KINDS[kind]
    save(model_with(1.0), tmp_path)
    before = sorted(tmp_path.rglob("*"))
    model, limits = model_with(2.0), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
        with pytest.raises((OSError, tf.errors.OpError), match="too large"):
            save(model, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(tmp_path.rglob("*")) == before
    x = np.ones((1, 64), "float32")
    np.testing.assert_array_equal(READERS[kind](str(tmp_path))(x), model_with(1.0)(x))


def after_a_kill(name):
    """The name of a temporary file that a process left, which does not run any more."""
    process = subprocess.Popen(["true"])
    process.wait()
    return temporary_name(name).replace(f"-{os.getpid()}-", f"-{process.pid}-")


def test_what_killed_processes_left_is_removed_by_the_next_save(tmp_path):
    others = (
        temporary_name("m.keras").replace(HOST, "elsewhere"),
        after_a_kill("other.keras"),
        ".m.keras.tmp",
    )
    for name in (after_a_kill("m.keras"), *others):
        (tmp_path / name).write_bytes(b"torn")
    model_with(1.0).save(tmp_path / "m.keras")
    assert sorted(os.listdir(tmp_path)) == sorted(["m.keras", *others])


def test_folders_that_killed_processes_left_are_removed_by_the_next_save(tmp_path):
    """In the old folder, which the killed process had swapped for the new one, lay something of the
    user's.
    """
    model_with(1.0).save(tmp_path / "saved")
    for name in ("saved", "weights"):
        folder = tmp_path / after_a_kill(name)
        folder.mkdir()
        (folder / "saved_model.pb").write_bytes(b"old")
        (folder / "notes").mkdir()
    model_with(1.0).save(tmp_path / "saved")
    model_with(1.0).save_weights(tmp_path / "weights")
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
    assert (tmp_path / "saved" / "notes").is_dir()


@pytest.mark.parametrize("save", [tfk.Model.save, tfk.Model.export])
def test_folders_of_others_are_not_replaced(save, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "notes").write_text("mine")
    monkeypatch.chdir(tmp_path / "photos")
    for path, message in (
        (".", r"photos' is a folder that holds other files \(cat.jpg\) and is not replaced"),
        (tmp_path, r"is a folder that holds other files \(notes, photos\)"),
        (tmp_path / "notes", "is a file, so no folder"),
    ):
        with pytest.raises(FileExistsError, match=message):
            save(model_with(1.0), path)
    os.remove("cat.jpg")
    with pytest.raises(FileExistsError, match="the working folder"):
        save(model_with(1.0), ".")
    assert (tmp_path / "notes").read_text() == "mine" and os.listdir(tmp_path / "photos") == []
    monkeypatch.chdir(tmp_path)
    save(model_with(1.0), tmp_path / "photos")  # it is empty


def test_directories_are_replaced_as_a_whole(tmp_path, monkeypatch):
    path = str(tmp_path / "saved")
    model_with(1.0).save(path)
    assert values_in_directory(path) == {1.0}
    monkeypatch.setattr(
        "tfk.saving.archive.save", lambda *args: (_ for _ in ()).throw(OSError("disk"))
    )
    with pytest.raises(OSError, match="disk"):
        model_with(2.0).save(path)
    monkeypatch.undo()
    assert values_in_directory(path) == {1.0} and os.listdir(tmp_path) == ["saved"]
    os.mkdir(f"{path}/notes")
    model_with(2.0).save(path)
    assert values_in_directory(path) == {2.0}
    assert os.path.isdir(f"{path}/notes") and os.listdir(tmp_path) == [
        "saved"
    ]  # not ours, hence kept


def values_in_directory(path):
    return {
        float(v) for weight in tfk.models.load_model(path).get_weights() for v in np.unique(weight)
    }


def test_a_file_that_fits_half_way_changes_nothing(tmp_path):
    other = tfk.Sequential([tfk.layers.Dense(64, input_shape=(64,)), tfk.layers.Dense(3)])
    path = str(tmp_path / "other.weights.h5")
    other.save_weights(path)
    model = model_with(5.0)
    with pytest.raises(ValueError, match="do not fit"):
        model.load_weights(path)
    assert {float(v) for weight in model.get_weights() for v in np.unique(weight)} == {5.0}
