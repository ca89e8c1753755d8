"""What Python does while a file loads: it opens that file, and nothing else.

Python reports files, code, imports, sockets and processes to audit hooks. What compiled libraries
do by themselves is not reported: `test_tf_functions.py` and the fuzzer look at their side.
"""

import contextlib
import json
import os
import pickle
import sys
import tempfile
import zipfile

import h5py
import numpy as np
import pytest

import tfk
from tests.security.fuzz_worker import write_keras_2_folder
from tfk.callbacks.state_file import read_state, write_state
from tfk.cli import train_config
from tfk.cli.train_data import read_data
from tfk.datasets.pickled_arrays import load_cifar_batch, load_lists
from tfk.utils.archives import extract_archive
from tfk_cli import main

WATCHED = (
    "compile",
    "ctypes.dlopen",
    "exec",
    "import",
    "marshal.loads",
    "open",
    "os.exec",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.system",
    "pickle.find_class",
    "shutil.rmtree",
    "socket.connect",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "urllib.Request",
)
ON_PATHS = ("open", "os.remove", "os.rename", "shutil.rmtree")

_events = []
_watching = False


def _hook(event, arguments):
    if _watching and event in WATCHED:
        by_folder = (
            event == "os.remove" and arguments[1] != -1
        )  # part of an rmtree, reported before
        if not by_folder:
            _events.append((event, arguments[:2]))


sys.addaudithook(_hook)  # it stays for the life of the process, and does nothing most of the time


@contextlib.contextmanager
def watched(folder):
    """Yields a list that holds, afterwards, the events beyond opening `folder`, which locks it, and
    files below it.
    """
    global _watching
    found = []
    _events.clear()
    _watching = True
    try:
        yield found
    finally:
        _watching = False
    inside = os.path.realpath(folder) + os.sep
    found.extend(
        (event, argument)
        for event, argument in _events
        if not _is_harmless(event, *argument, inside)
    )


def _is_harmless(event, what, *more):
    if event == "compile":
        return more[0] == "<unknown>"  # a literal in the header of an array, never run
    if event not in ON_PATHS or isinstance(what, int):
        return event in ON_PATHS
    places = (more[-1], os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix))
    return what == "/proc/meminfo" or (os.path.realpath(what) + os.sep).startswith(places)


def build_model():
    model = tfk.Sequential(
        [
            tfk.layers.Dense(2, activation="relu", kernel_regularizer="l2", input_shape=(3,)),
            tfk.layers.BatchNormalization(),
            tfk.layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((4, 3), "float32"), np.ones((4, 1), "float32"))
    return model


def load_json(path):
    with open(path, encoding="utf8") as file:
        return tfk.models.model_from_json(file.read())


MODELS = {"model.keras": "save", "model.h5": "save", "folder": "save"}
WEIGHTS = {"m.weights.h5": "save_weights", "old.h5": "save_weights", "prefix": "save_weights"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The model, and the folder with its files."""
    folder, model = tmp_path_factory.mktemp("files"), build_model()
    for name, method in {**MODELS, **WEIGHTS}.items():
        getattr(model, method)(folder / name)
    (folder / "model.json").write_text(model.to_json(), encoding="utf8")
    return model, folder


@pytest.mark.parametrize("name", [*MODELS, *WEIGHTS, "model.json"])
def test_a_load_opens_its_file_and_nothing_else(files, name, monkeypatch):
    model, folder = files
    (folder / "temporary").mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "temporary"))
    readers = dict.fromkeys(WEIGHTS, model.load_weights) | {"model.json": load_json}
    read = readers.get(name, tfk.models.load_model)
    read(folder / name)  # modules that are imported late are in place from now on
    with watched(folder) as events:
        read(folder / name)
    assert events == []
    assert not os.listdir(folder / "temporary")


def write_keras_1_file(path, model):
    """An HDF5 file as Keras 1 and 2.0 wrote it: names of weights have no number."""
    layer = {"name": "d", "units": 2, "activation": "relu", "batch_input_shape": [None, 3]}
    config = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": layer}]}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"d"]
        group.attrs["keras_version"] = b"1.2.2"
        layer = group.create_group("d")
        layer.attrs["weight_names"] = [b"d_W", b"d_b"]
        layer["d_W"], layer["d_b"] = np.ones((3, 2), "float32"), np.ones(2, "float32")


def write_table(path, _):
    path.write_text("a,b,c,y\n" + "1,2,3,0\n" * 4, encoding="utf8")


def write_tokenizer(path, _):
    tokenizer = tfk.preprocessing.text.Tokenizer()
    tokenizer.fit_on_texts(["a b", "b c"])
    path.write_text(tokenizer.to_json(), encoding="utf8")


def read_tokenizer(path):
    with open(path, encoding="utf8") as file:
        return tfk.preprocessing.text.tokenizer_from_json(file.read())


def write_train_config(path, _):
    write_table(path.with_name("rows.csv"), None)
    layers = [{"Dense": {"units": 2, "activation": "relu"}}, {"Dense": {"units": 1}}]
    config = {
        "data": {"csv": "rows.csv", "target": "y"},
        "model": {"layers": layers},
        "compile": {"loss": "mse"},
    }
    path.write_text(json.dumps(config), encoding="utf8")


def read_train_config(path):
    config = train_config.load_config(path)
    data = read_data(config["data"], path.parent)
    return train_config.build_model(config["model"], data.train, path.parent)


def write_cifar(path, _):
    batch = {b"data": np.zeros((2, 3072), "uint8"), b"labels": [0, 1]}
    path.write_bytes(pickle.dumps(batch, protocol=2))


def write_lists(path, _):
    lists = np.empty(2, dtype=object)
    lists[:] = [[1, 2], [3]]
    np.savez(path, x=lists)


def write_zip(path, _):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/b.txt", "text")


def command(*words):
    """A reader that runs a command of `tfk` on a file."""

    def run(path):
        path.with_name("converted.h5").unlink(missing_ok=True)
        given = [str(path.with_name(word[1:])) if word[:1] == "@" else word for word in words]
        assert main([given[0], str(path), *given[1:]]) == 0

    return run


def resume(path):
    """Trains a model from a saved state on."""
    model = build_model_of_backup()
    model.fit(np.ones((4, 3)), np.ones((4, 1)), epochs=2, verbose=0, callbacks=[backup_in(path)])


def build_model_of_backup():
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    return model


def backup_in(path):
    return tfk.callbacks.BackupAndRestore(path, delete_checkpoint=False)


def write_backups(path, _):
    model = build_model_of_backup()
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0, callbacks=[backup_in(path)])


def save(path, model):
    model.save(path)


def save_for_keras_3(path, model):
    model.save(path, for_keras=3)


def save_weights_for_keras_3(path, model):
    model.save_weights(path, for_keras=3)


load = tfk.models.load_model
# Further readers by the name of their file: what writes the file, and what reads it.
READERS = {
    "keras 1.h5": (write_keras_1_file, load),
    "keras 2 folder": (lambda path, _: write_keras_2_folder(path), load),
    "keras 3.keras": (save_for_keras_3, load),
    "weights in a file.keras": (save, lambda path: build_model().load_weights(path)),
    "weights in a folder": (save, lambda path: build_model().load_weights(path)),
    "keras 3.weights.h5": (
        save_weights_for_keras_3,
        lambda path: build_model().load_weights(path),
    ),
    "state.zip": (lambda path, _: write_state(path, {"a": [np.ones(3), 1]}), read_state),
    "backup": (write_backups, resume),
    "tokenizer.json": (write_tokenizer, read_tokenizer),
    "train.json": (write_train_config, read_train_config),
    "cifar": (write_cifar, lambda path: load_cifar_batch(path, "labels")),
    "lists.npz": (write_lists, lambda path: load_lists(path, "x")),
    "archive.zip": (write_zip, lambda path: extract_archive(path, path.with_name("out"))),
    "inspected.keras": (save, command("inspect")),
    "inspected.h5": (save, command("inspect")),
    "inspected folder": (save, command("inspect")),
    "summarized.keras": (save, command("summary")),
    "converted.keras": (save, command("convert", "@converted.h5")),
}


@pytest.mark.parametrize("name", READERS)
def test_every_reader_opens_its_file_and_nothing_else(tmp_path, name, monkeypatch):
    write, read = READERS[name]
    (tmp_path / "temporary").mkdir()
    write(tmp_path / name, build_model())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    read(tmp_path / name)  # modules that are imported late are in place from now on
    with watched(tmp_path) as events:
        read(tmp_path / name)
    assert events == []
    assert not os.listdir(tmp_path / "temporary")


def test_the_hook_sees_what_it_watches(tmp_path):
    with watched(tmp_path) as events:
        open(os.devnull).close()
        compile("1", "<text>", "eval")
        (tmp_path / "own").write_text("")
    assert [event for event, _ in events] == ["open", "compile"]
