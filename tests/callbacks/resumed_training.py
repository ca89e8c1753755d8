"""A training that is killed at a given moment and run again: the program of
`test_backup_and_restore.py`.

    python resumed_training.py FOLDER DATA --kills 20             as many trainings as it takes to
    be killed 20 times,
                                                                  compared with one that is never
                                                                  killed
    python resumed_training.py FOLDER DATA SAVE_FREQ [SECONDS]    one training in FOLDER, killed by
    SIGKILL after SECONDS

DATA is arrays, dataset or sequence; SAVE_FREQ is that of BackupAndRestore. The kills are spread
over all three kinds of it.
"""

import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

import numpy as np

EPOCHS, ROWS, BATCH = 30, 150, 8
MOMENTS = (0.1, 1.0)  # of the time that a whole training takes, compilation included
SAVE_FREQUENCIES = ("epoch", "7", "0.03s")  # epochs, batches, seconds


def train(folder, data, save_freq, seconds=None):
    import tensorflow as tf

    import tfk

    tfk.utils.set_random_seed(3)
    layers = tfk.layers
    model = tfk.Sequential(
        [
            layers.Dense(16, activation="relu", input_shape=(5,)),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )
    model.compile(tfk.optimizers.Adam(0.02), "mse", metrics=["mae"])
    rows = np.random.RandomState(0)
    x = rows.normal(size=(ROWS, 5)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] + 0.1 * rows.normal(size=(ROWS, 1))).astype("float32")
    callbacks = [
        tfk.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.7, patience=2),
        tfk.callbacks.EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True),
        tfk.callbacks.ModelCheckpoint(
            f"{folder}/best.weights.h5", save_best_only=True, save_weights_only=True
        ),
        tfk.callbacks.CSVLogger(f"{folder}/log.csv"),
        tfk.callbacks.JSONLogger(f"{folder}/log.jsonl"),
        tfk.callbacks.BackupAndRestore(
            f"{folder}/backup",
            int(save_freq) if save_freq.isdigit() else save_freq,
            delete_checkpoint=False,
        ),
    ]
    if seconds is not None:
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    started = time.monotonic()
    validation = (x[:40], y[:40])
    if data == "dataset":
        pairs = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(ROWS).batch(BATCH)
        history = model.fit(
            pairs, epochs=EPOCHS, verbose=0, validation_data=validation, callbacks=callbacks
        )
    elif data == "sequence":

        class Pairs(tfk.utils.Sequence):
            order = np.arange(ROWS)

            def __len__(self):
                return -(-ROWS // BATCH)

            def __getitem__(self, index):
                chosen = self.order[index * BATCH : (index + 1) * BATCH]
                return x[chosen], y[chosen]

            def on_epoch_end(self):
                np.random.shuffle(self.order)

        history = model.fit(
            Pairs(), epochs=EPOCHS, verbose=0, validation_data=validation, callbacks=callbacks
        )
    else:
        history = model.fit(
            x,
            y,
            batch_size=BATCH,
            epochs=EPOCHS,
            verbose=0,
            validation_data=validation,
            callbacks=callbacks,
        )
    weights = hashlib.sha256(b"".join(array.tobytes() for array in model.get_weights())).hexdigest()
    values = sorted((name, list(map(float, series))) for name, series in history.history.items())
    summary = f"{weights}\n{history.epoch}\n{values!r}\n"
    pathlib.Path(folder, "seconds.txt").write_text(str(time.monotonic() - started))
    pathlib.Path(folder, "result.tmp").write_text(summary)
    os.replace(f"{folder}/result.tmp", f"{folder}/result.txt")
    os._exit(0)  # before the timer


def outcome(folder):
    """What a finished training left: results, best weights bit for bit, log files."""
    best = hashlib.sha256(pathlib.Path(folder, "best.weights.h5").read_bytes()).hexdigest()
    texts = [
        pathlib.Path(folder, name).read_text() for name in ("result.txt", "log.csv", "log.jsonl")
    ]
    return [best, *texts]


def run(folder, data, save_freq, seconds=None):
    """Runs this program; returns whether it was killed."""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    arguments = [sys.executable, __file__, str(folder), data, save_freq]
    arguments += [] if seconds is None else [str(seconds)]
    code = subprocess.run(arguments, stderr=subprocess.PIPE, text=True)
    if code.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(code.stderr[-3000:])
    return code.returncode != 0


def newest_backup(folder):
    """Where the next run goes on, as text: epoch and step of the newest complete backup."""
    paths = pathlib.Path(folder, "backup").glob("training-state-*.zip")
    newest = max(paths, key=lambda path: int(path.stem.split("-")[-1]), default=None)
    if newest is None:
        return "the start"
    position = json.loads(zipfile.ZipFile(newest).read("state.json"))["position"]
    return f"epoch {position['epoch']} step {position['step']}"


def run_to_the_end(folder, data, save_freq, moments):
    """Runs the program again and again, killed after the next of `moments`; returns from where it
    went on.
    """
    backups = []
    for seconds in moments:
        if not run(folder, data, save_freq, seconds):
            return backups
        backups.append(newest_backup(folder))
    run(folder, data, save_freq)
    return backups


def main(folder, data, count):
    """Kills `count` times, at moments spread over the whole training, in as many trainings as that
    takes.
    """
    random_moments = random.Random(0)
    run(f"{folder}/whole", data, SAVE_FREQUENCIES[0])
    duration = float(pathlib.Path(folder, "whole", "seconds.txt").read_text())
    expected, kills, trainings = outcome(f"{folder}/whole"), 0, 0
    most = -(-count // len(SAVE_FREQUENCIES))  # kills of one training
    while kills < count:
        save_freq = SAVE_FREQUENCIES[trainings % len(SAVE_FREQUENCIES)]
        shutil.rmtree(f"{folder}/killed", ignore_errors=True)
        moments = [
            duration * random_moments.uniform(*MOMENTS) for _ in range(min(most, count - kills))
        ]
        backups = run_to_the_end(f"{folder}/killed", data, save_freq, moments)
        kills, trainings = kills + len(backups), trainings + 1
        for mine, theirs in zip(outcome(f"{folder}/killed"), expected):
            assert mine == theirs, f"differs after {kills} kills:\n{mine}\n{theirs}"
        print(f"{data}, save_freq {save_freq}: went on at {', '.join(backups)}")
        print(f"{data}: {kills} kills, {trainings} trainings, all equal bit for bit", flush=True)


if __name__ == "__main__":
    if sys.argv[3:4] == ["--kills"]:
        main(sys.argv[1], sys.argv[2], int(sys.argv[4]))
    else:
        train(*sys.argv[1:4], *map(float, sys.argv[4:]))
