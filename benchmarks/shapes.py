"""The first pass over inputs whose shape changes with every batch.

    python -m benchmarks.shapes [--shapes 100] [--rounds 3]

Each row creates a model and gives it batches of `--shapes` different lengths (or image sizes), by
one method. tfk and tf_keras take turns in one process. The medians of CPU seconds (all threads) are
printed, how many times faster tfk is, and how many traces tfk has made.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras

import tfk

SHORTEST, BATCH = 10, 8
RANDOM = np.random.default_rng(0)


def text_model(package):
    layers = package.layers
    model = package.Sequential(
        [
            layers.Embedding(100, 16),
            layers.GlobalAveragePooling1D(),
            layers.Dense(16, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    return model


def image_model(package):
    layers = package.layers
    inputs = package.Input((None, None, 3))
    hidden = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    hidden = layers.GlobalAveragePooling2D()(layers.BatchNormalization()(hidden))
    model = package.Model(inputs, layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    return model


def texts(count):
    lengths = RANDOM.permutation(np.arange(SHORTEST, SHORTEST + count))
    return [
        (RANDOM.integers(0, 100, (BATCH, length)), np.ones((BATCH, 1), "float32"))
        for length in lengths
    ]


def images(count):
    sizes = RANDOM.permutation(np.arange(SHORTEST, SHORTEST + count))
    return [
        (np.ones((2, size, size + 3, 3), "float32"), np.ones((2, 1), "float32")) for size in sizes
    ]


def each(method):
    """Gives batch after batch to a method of the model."""

    def run(model, batches):
        for x, y in batches:
            method(model, x, y)

    return run


def fit_generator(model, batches):
    model.fit((batch for batch in batches), verbose=0)


METHODS = {
    "train_on_batch": each(lambda model, x, y: model.train_on_batch(x, y)),
    "fit, arrays": each(lambda model, x, y: model.fit(x, y, batch_size=BATCH, verbose=0)),
    "fit, datasets": each(
        lambda model, x, y: model.fit(tf.data.Dataset.from_tensors((x, y)), verbose=0)
    ),
    "fit, generator": fit_generator,
    "evaluate": each(lambda model, x, y: model.evaluate(x, y, verbose=0)),
    "predict": each(lambda model, x, y: model.predict(x, verbose=0)),
    "predict_on_batch": each(lambda model, x, y: model.predict_on_batch(x)),
}
ROWS = {
    **{f"texts, {name}": (text_model, texts, method) for name, method in METHODS.items()},
    "images, train_on_batch": (image_model, images, METHODS["train_on_batch"]),
    "images, predict": (image_model, images, METHODS["predict"]),
}


def seconds(package, build, method, batches):
    """CPU seconds of a first pass, and the model."""
    model = build(package)
    start = time.process_time()
    method(model, batches)
    return time.process_time() - start, model


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':28}{'tfk s':>10}{'tf_keras s':>12}{'faster':>9}{'traces':>9}")
    for name, (build, data, method) in ROWS.items():
        batches, times = data(options.shapes), {tfk: [], tf_keras: []}
        for _ in range(options.rounds):
            for package, measured in times.items():
                spent, model = seconds(package, build, method, batches)
                measured.append(spent)
                if package is tfk:
                    loops = model._caches.current(model).loops.values()
        ours, theirs = (statistics.median(measured) for measured in times.values())
        traces = sum(loop.traces for loop in loops)
        print(f"{name:28}{ours:10.2f}{theirs:12.2f}{theirs / ours:9.1f}{traces:9}", flush=True)


if __name__ == "__main__":
    main()
