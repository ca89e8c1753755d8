"""Loads damaged files on request; a process of its own, since what it loads may bring it down.

    python -m tests.security.fuzz_worker FOLDER SEED

Reads lines `NUMBER FORMAT`, damages a good file of that format as the number and the seed say,
loads it and answers with a line of JSON: whether it `loaded`, the `error`, `seconds` of processor
time, `megabytes` of memory that the load took at most, and a `finding` if something is wrong.
"""

import contextlib
import functools
import io
import json
import os
import pathlib
import resource
import shutil
import sys
import tarfile
import time
import traceback
import warnings
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import tfk
from tests.security.mutations import mutated, mutated_hdf5, mutated_inside, mutated_json
from tfk.callbacks.state_file import read_state, write_state
from tfk.utils.archives import extract_archive
from tfk.utils.protobuf_wire import fields, message

ADDRESS_SPACE = 24 * 2**30  # bytes; more ends in a MemoryError or a crash
MEGABYTES = 1024  # of memory for one load
CLEAR_ERRORS = (ValueError, OSError)
# Errors that say something to their author, not to the one who loads a file.
RAW_ERRORS = (UnicodeError, IsADirectoryError, NotADirectoryError, BlockingIOError)


def small_model():
    x = tfk.Input((2,), name="x")
    text = tfk.Input((1,), dtype="string", name="text")
    words = tfk.layers.TextVectorization(output_mode="multi_hot", vocabulary=["a", "b", "c"])(text)
    hidden = tfk.layers.Dense(3, activation="relu", kernel_regularizer="l2")(x)
    hidden = tfk.layers.BatchNormalization()(hidden)
    rows = tfk.layers.Bidirectional(tfk.layers.LSTM(2, return_sequences=True))(
        tfk.layers.Reshape((3, 1))(hidden)
    )
    joined = tfk.layers.Concatenate()([tfk.layers.Flatten()(rows), words, hidden * 2.0])
    model = tfk.Model([x, text], tfk.layers.Dense(1, name="y")(joined))
    schedule = tfk.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(
        tfk.optimizers.Adam(schedule), tfk.losses.Huber(), metrics=["mae", tfk.metrics.AUC(5)]
    )
    return model


def plain_model():
    """A model that an `.h5` file can hold."""
    model = tfk.Sequential(
        [
            tfk.layers.Embedding(5, 2, input_length=3),
            tfk.layers.GRU(2, name="rnn"),
            tfk.layers.Dense(1, kernel_initializer="ones", activation="sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.zeros((2, 3)), np.zeros((2, 1)))
    return model


class Target:
    """A format: its good file, ways to damage it, and how it is read."""

    def __init__(self, folder, name, write, changes, read, whole=None):
        self.path = pathlib.Path(folder, f"file{name}")
        write(self.path)
        self.files = [self.path] if self.path.is_file() else sorted(whole(self.path))
        self.good = {file: file.read_bytes() for file in self.files}
        self.changes, self.read = changes, read
        self.expected = self.read(self.path)

    def damage(self, rng):
        """Damages one of the files; returns the change that was made."""
        file = self.files[rng.integers(len(self.files))]
        changes = self.changes.get(file.name, self.changes.get(file.suffix, self.changes.get("")))
        change = changes[rng.integers(len(changes))]
        data = change(self.good[file], rng)
        file.write_bytes(data)
        return change, data != self.good[file]

    def restore(self):
        for file, content in self.good.items():
            file.write_bytes(content)


def fingerprint(model):
    """What two models have in common if they are the same."""
    return model.to_json(), [weight.tobytes() for weight in model.get_weights()]


def load_fresh(model):
    """A function that loads weights into `model` and returns what they are then."""

    def read(path):
        model.load_weights(path)
        return [weight.tobytes() for weight in model.get_weights()]

    return read


def content_inside(data, rng):
    """An archive with an entry that is well-formed and says something else."""

    def change(content, rng):
        return (mutated_json if content[:1] == b"{" else mutated_hdf5)(content, rng)

    return mutated_inside(data, rng, change)


def metadata_inside(data, rng):
    """The `keras_metadata.pb` of a folder whose model is described in another way."""
    nodes = [dict(fields(node)) for _, node in fields(data)]
    nodes[0][5] = mutated_json(nodes[0][5], rng)
    return message([(1, message(node.items())) for node in nodes])


def write_keras_2_folder(path):
    import tf_keras  # takes seconds, and no other format needs it

    model = tf_keras.Sequential(
        [
            tf_keras.layers.Embedding(5, 2, input_length=3),
            tf_keras.layers.GRU(2, name="rnn"),
            tf_keras.layers.Dense(1, kernel_initializer="ones", activation="sigmoid"),
        ]
    )
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.zeros((2, 3)), np.zeros((2, 1)))
    model.save(path, save_format="tf")


def targets(folder):
    """Dict from each format to a function that makes its target."""
    inner, plain = functools.cache(small_model), functools.cache(plain_model)
    keras = (mutated, mutated_inside, content_inside, content_inside)
    hdf5 = (mutated, mutated_hdf5, mutated_hdf5)

    def load(path):
        return fingerprint(tfk.models.load_model(path))

    def weights(name, changes, files=None):
        return Target(folder, name, plain().save_weights, changes, load_fresh(plain()), files)

    def whole(path):
        return [file for file in path.rglob("*") if file.is_file()]

    def checkpoint_files(path):
        return path.parent.glob(f"{path.name}.*")

    def write_json(path):
        path.write_text(inner().to_json())

    def write_backup(path):
        write_state(path, {"values": [np.arange(5.0), 3], "nested": {"a": "text"}})

    def read_backup(path):
        return repr(read_state(path))

    def write_zip(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("photos/a.txt", b"one" * 50)
            archive.writestr("photos/b/c.txt", b"two")

    def write_tar(path):
        with tarfile.open(path, "w:gz") as archive:
            for name in ("photos/a.txt", "photos/b/c.txt"):
                info = tarfile.TarInfo(name)
                info.size = 150
                archive.addfile(info, io.BytesIO(b"one" * 50))

    def extract(path):
        out = path.parent / "out"
        shutil.rmtree(out, ignore_errors=True)
        if not extract_archive(path, out):
            raise ValueError("no archive")
        return sorted((str(file), file.read_bytes()) for file in whole(out))

    def from_json(path):
        return fingerprint(tfk.models.model_from_json(path.read_text("latin-1")))[0]

    changes = {"": (mutated, mutated_json, mutated_json, mutated_json)}
    inside = {"": (mutated, mutated_inside, content_inside)}
    return {
        ".keras": lambda: Target(folder, ".keras", inner().save, {".keras": keras}, load),
        ".h5": lambda: Target(folder, ".h5", plain().save, {"": hdf5}, load),
        ".weights.h5": lambda: weights(".weights.h5", {"": hdf5}),
        "_weights.h5": lambda: weights("_weights.h5", {"": hdf5}),
        ".json": lambda: Target(folder, ".json", write_json, changes, from_json),
        "folder": lambda: Target(
            folder, "_m", plain().save, {"": (mutated,), ".keras": keras}, load, whole
        ),
        "checkpoint": lambda: weights("_c", {"": (mutated,)}, checkpoint_files),
        "backup": lambda: Target(folder, "_b", write_backup, inside, read_backup),
        "keras 2 folder": lambda: Target(
            folder,
            "_2",
            write_keras_2_folder,
            {"": (mutated,), "keras_metadata.pb": (mutated, metadata_inside, metadata_inside)},
            load,
            whole,
        ),
        "keras 3 file": lambda: Target(
            folder,
            "_3.keras",
            functools.partial(plain().save, for_keras=3),
            {".keras": keras},
            load,
        ),
        "zip": lambda: Target(
            folder, "_a.zip", write_zip, {"": (mutated, mutated_inside)}, extract
        ),
        "tar": lambda: Target(folder, "_a.tar.gz", write_tar, {"": (mutated,)}, extract),
    }


# Formats in which a checksum covers every byte that decides what is loaded.
COVERED = {".keras", "folder", "checkpoint", "backup", "zip", "tar"}


def memory(field):
    """A figure of this process's memory in megabytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def forget_peak():
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def attempt(name, target, rng):
    change, differs = target.damage(rng)
    forget_peak()
    before, began = memory("VmRSS"), time.thread_time()
    result = {"loaded": False}
    try:
        found = target.read(target.path)
        result["loaded"] = True
        if change is mutated and name in COVERED and found != target.expected:
            result["finding"] = "loaded something else without an error"
    except RAW_ERRORS as error:
        result["finding"] = f"raw {type(error).__name__}: {error}"
    except CLEAR_ERRORS as error:
        result["error"] = f"{type(error).__name__}: {error}"[:300]
        if not str(error).isprintable() and "\n" not in str(error):
            result["finding"] = f"unprintable message {error!r}"
    except BaseException as error:
        result["finding"] = f"{type(error).__name__}: {error}"[:500]
        result["trace"] = "".join(traceback.format_tb(error.__traceback__)[-6:])
    result["seconds"] = time.thread_time() - began
    result["megabytes"] = round(memory("VmHWM") - before)
    if result["megabytes"] > MEGABYTES:
        result.setdefault("finding", f"took {result['megabytes']} MB")
    result["change"] = change.__name__
    target.restore()
    return result


def main(folder, seed):
    warnings.simplefilter("ignore")
    makers, known = targets(folder), {}
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE,) * 2)
    for line in sys.stdin:
        number, name = line.strip().split(" ", 1)
        if name not in known:
            known[name] = makers[name]()
        rng = np.random.default_rng([seed, sorted(makers).index(name), int(number)])
        print(json.dumps(attempt(name, known[name], rng)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
