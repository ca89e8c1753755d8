"""What callbacks cost: epoch-level ones in the compiled loop, and TensorBoard against tf_keras.

    python benchmarks/callbacks.py [--rounds 9]

Every contestant trains the same network on the same data in one process, in turn, round after
round; medians of wall time and of CPU time (of all threads) are printed, and CPU time, which
neighbours disturb less, is judged. Asked for: callbacks that act on epochs cost at most 5 % of
`fit` without any, and `TensorBoard(update_freq="epoch", histogram_freq=1)` adds less time than in
tf_keras.
"""

import argparse
import os
import shutil
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tf_keras
from timing import in_turns

import tfk

ROWS, FEATURES, CLASSES, EPOCHS, BATCH = 20_000, 64, 10, 5, 32
CLOCKS = ("wall", "CPU")
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(ROWS, FEATURES)).astype("float32")
Y = RANDOM.integers(0, CLASSES, ROWS)


def network(package, width):
    layers = package.layers
    model = package.Sequential(
        [
            layers.Dense(width, activation="relu", input_shape=(FEATURES,)),
            layers.Dense(width, activation="relu"),
            layers.Dense(CLASSES),
        ]
    )
    loss = package.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def training(model, callbacks, batch=BATCH, epochs=EPOCHS):
    """A function that fits `model` with fresh callbacks, made by `callbacks()`."""
    return lambda: model.fit(
        X, Y, batch_size=batch, epochs=epochs, verbose=0, callbacks=callbacks()
    )


def epoch_level(folder):
    make = tfk.callbacks
    return [
        make.EarlyStopping(monitor="loss", patience=99),
        make.ReduceLROnPlateau(monitor="loss", patience=99),
        make.LearningRateScheduler(lambda epoch, rate: rate),
        make.CSVLogger(f"{folder}/log.csv"),
        make.JSONLogger(f"{folder}/log.jsonl"),
        make.TerminateOnNaN(),
        make.ModelCheckpoint(
            f"{folder}/never.weights.h5", "loss", save_best_only=True, initial_value_threshold=-1
        ),
    ]


def epoch_callbacks(rounds, folder):
    """Ratio of `fit` with epoch-level callbacks to `fit` without."""
    plain, watched = network(tfk, 64), network(tfk, 64)
    results = in_turns(
        {
            "none": training(plain, list),
            "epoch level": training(watched, lambda: epoch_level(folder)),
        },
        rounds,
    )
    print(
        f"fit, {EPOCHS} epochs of {ROWS // BATCH} steps, without and with 7 epoch-level callbacks:"
    )
    for clock, none, some in zip(CLOCKS, results["none"].median, results["epoch level"].median):
        print(
            f"  {clock}: {none * 1e3:.0f} ms and {some * 1e3:.0f} ms, {some / none:.3f}x (asked"
            " for: below 1.05)"
        )
    return some / none < 1.05


def tensorboard(rounds, folder):
    """Time that TensorBoard adds, in tfk and in tf_keras."""
    contestants = {}
    for package in (tfk, tf_keras):
        name = package.__name__
        logs = f"{folder}/{name}"

        def board(package=package, logs=logs):
            shutil.rmtree(logs, ignore_errors=True)
            return [package.callbacks.TensorBoard(logs, update_freq="epoch", histogram_freq=1)]

        contestants[name, "none"] = training(network(package, 512), list, batch=500)
        contestants[name, "board"] = training(network(package, 512), board, batch=500)
    results = in_turns(contestants, rounds)
    print("fit without and with TensorBoard(update_freq='epoch', histogram_freq=1):")
    for place, clock in enumerate(CLOCKS):
        added = {}
        for name in ("tfk", "tf_keras"):
            none, board = (results[name, kind].median[place] for kind in ("none", "board"))
            added[name] = board - none
            print(
                f"  {clock}, {name}: {none * 1e3:.0f} ms and {board * 1e3:.0f} ms,"
                f" {added[name] * 1e3:.0f} ms more"
            )
        print(
            f"  {clock}, tfk : tf_keras {added['tfk'] / added['tf_keras']:.2f} (asked for: below 1)"
        )
    return added["tfk"] < added["tf_keras"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        fine = [epoch_callbacks(rounds, folder), tensorboard(rounds, folder)]
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
