"""What Python does while a file loads: it opens that file, and nothing else.

Python reports files, code, imports, sockets and processes to audit hooks. What compiled libraries
do by themselves is not reported: `test_tf_functions.py` and the fuzzer look at their side.
"""

import contextlib
import os
import sys
import tempfile

import numpy as np
import pytest

import tfk

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
            _events.append((event, arguments[:1]))


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
        if not (
            event in ON_PATHS
            and (
                isinstance(argument[0], int)
                or (os.path.realpath(argument[0]) + os.sep).startswith(inside)
            )
        )
    )


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


def test_the_hook_sees_what_it_watches(tmp_path):
    with watched(tmp_path) as events:
        open(os.devnull).close()
        compile("1", "<text>", "eval")
        (tmp_path / "own").write_text("")
    assert [event for event, _ in events] == ["open", "compile"]
