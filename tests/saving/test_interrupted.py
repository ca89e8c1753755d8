"""A kill, an exception or a full disk while a file is written leaves the old file or the new one."""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.saving import killed_while_saving

ENDINGS = [".keras", ".h5", ".weights.h5", "_weights.h5"]


def model_with(value):
    model = tfk.Sequential([tfk.layers.Dense(64, input_shape=(64,)), tfk.layers.Dense(64)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.set_weights([np.full(w.shape, value) for w in model.get_weights()])
    return model


def save(model, path):
    (model.save_weights if "weights" in path else model.save)(path)


def values_in(path):
    """The distinct weights in a file; more than one mean that it is torn."""
    if "weights" in path:
        model = model_with(0.0)
        model.load_weights(path)
    else:
        model = tfk.models.load_model(path)
    return {float(value) for weight in model.get_weights() for value in np.unique(weight)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_kill_at_random_moments(ending, tmp_path):
    """Forked children save over and over and are killed by SIGKILL: 13 moments a format."""
    path, counter = str(tmp_path / f"model{ending}"), str(tmp_path / "count")
    models = [model_with(1.0), model_with(2.0)]
    save(models[0], path)
    rng = np.random.default_rng(0)
    saves = 0
    for _ in range(13):
        child = os.fork()
        if child == 0:
            number = 0
            while True:
                save(models[number % 2], path)
                number += 1
                with open(counter, "w") as file:
                    file.write(str(number))
        time.sleep(float(rng.uniform(0.01, 0.25)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if os.path.exists(counter):
            saves += int(open(counter).read() or 0)
            os.remove(counter)
        assert values_in(path) in ({1.0}, {2.0})
    assert saves > 13  # the children did save


MOMENTS = 4


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """What killed processes left: a folder a kind of file and moment."""
    folder = tmp_path_factory.mktemp("killed")
    subprocess.run(
        [sys.executable, "-m", killed_while_saving.__name__, str(folder), str(MOMENTS)],
        cwd=pathlib.Path(__file__).parents[2],
        check=True,
        timeout=300,
    )
    return folder


@pytest.mark.parametrize("moment", range(MOMENTS))
@pytest.mark.parametrize("kind", killed_while_saving.KINDS)
def test_kill_while_folders_and_pairs_of_files_are_replaced(kind, moment, left_behind):
    """What a model of equal weights makes of ones tells which of the two was read, and whether it is whole."""
    path, x = f"{left_behind}/{kind}_{moment}/file", np.ones((1, 64), "float32")
    expected = [float(killed_while_saving.model_with(value)(x)[0, 0]) for value in (1.0, 2.0)]
    outputs = np.asarray(READERS[kind](path)(x))
    assert len(np.unique(outputs)) == 1 and float(outputs[0, 0]) in expected


def with_weights(path):
    model = killed_while_saving.model_with(0.0)
    model.load_weights(path).assert_existing_objects_matched()
    return model


def served(path):
    function = tf.saved_model.load(path).signatures["serving_default"]
    return lambda x: next(iter(function(tf.constant(x)).values()))


def interpreted(path):
    runner = tf.lite.Interpreter(path).get_signature_runner()
    (name,) = runner.get_input_details()
    return lambda x: next(iter(runner(**{name: x}).values()))


READERS = {
    "checkpoint": with_weights,
    "directory": tfk.models.load_model,
    "export": served,
    "lite": interpreted,
}


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("steps", range(9))
def test_checkpoints_can_be_read_after_every_step(steps, tmp_path, monkeypatch):
    """Keras 2's own reader finds the old or the new weights wherever moving the files into place ends."""
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
            assert len({float(v) for weight in reader.get_weights() for v in np.unique(weight)}) == 1
    assert len(done) in (steps, 5, 6)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_that_fills_up_leaves_the_old_file(ending, tmp_path):
    """The system refuses to let files grow beyond 20 kB, as a full disk would."""
    path = str(tmp_path / f"model{ending}")
    save(model_with(1.0), path)
    model, limits = model_with(2.0), resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        with pytest.raises(OSError):
            save(model, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert values_in(path) == {1.0}
    assert os.listdir(tmp_path) == [os.path.basename(path)]


def test_directories_are_replaced_as_a_whole(tmp_path, monkeypatch):
    path = str(tmp_path / "saved")
    model_with(1.0).save(path)
    assert values_in_directory(path) == {1.0}
    monkeypatch.setattr("tfk.saving.archive.save", lambda *args: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        model_with(2.0).save(path)
    monkeypatch.undo()
    assert values_in_directory(path) == {1.0} and os.listdir(tmp_path) == ["saved"]
    os.mkdir(f"{path}/notes")
    model_with(2.0).save(path)
    assert values_in_directory(path) == {2.0}
    assert os.path.isdir(f"{path}/notes") and os.listdir(tmp_path) == ["saved"]  # not ours, hence kept


def values_in_directory(path):
    return {float(v) for weight in tfk.models.load_model(path).get_weights() for v in np.unique(weight)}


def test_a_file_that_fits_half_way_changes_nothing(tmp_path):
    other = tfk.Sequential([tfk.layers.Dense(64, input_shape=(64,)), tfk.layers.Dense(3)])
    path = str(tmp_path / "other.weights.h5")
    other.save_weights(path)
    model = model_with(5.0)
    with pytest.raises(ValueError, match="do not fit"):
        model.load_weights(path)
    assert {float(v) for weight in model.get_weights() for v in np.unique(weight)} == {5.0}
