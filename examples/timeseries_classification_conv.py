"""Is the engine in order? Three convolutions listen to the series of its sound.

The network is convolutional to the end: the last layer averages over time, so it has few weights
and takes series of any length. Three callbacks steer the training: one keeps the best weights in a
file, one lowers the learning rate when the validation loss no longer falls, one stops when that
does not help either.

A faulty engine rattles for a moment once a turn, in much noise. More than 93 % of the unseen made
engines are judged right. `--data FordA` takes the data set of that name, or another one, of the UCR
archive; no figure is promised for it.

Source: Wang, Yan and Oates, 2017, Time Series Classification from Scratch with Deep Neural
Networks, arXiv:1611.06455.

    python examples/timeseries_classification_conv.py [--epochs 15] [--data FordA]
"""

import argparse
import pathlib
import tempfile

import numpy as np
from support.engines import load_engines
from support.outcome import conclude

import tfk
from tfk import layers


def build_model(classes):
    """From a series of any length to the probabilities of the classes."""
    series = tfk.Input((None, 1))
    x = series
    for _ in range(3):
        x = layers.Conv1D(48, 5, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling1D()(x)
    return tfk.Model(series, layers.Dense(classes, activation="softmax")(x), name="engines")


def train(model, series, epochs, folder):
    """Trains the model and returns the best one of all epochs."""
    best = str(pathlib.Path(folder, "best.keras"))
    callbacks = [
        tfk.callbacks.ModelCheckpoint(best, save_best_only=True, monitor="val_loss"),
        tfk.callbacks.ReduceLROnPlateau(
            monitor="val_loss", factor=0.5, patience=3, min_lr=1e-4, verbose=1
        ),
        tfk.callbacks.EarlyStopping(monitor="val_loss", patience=8, verbose=1),
    ]
    model.compile(
        tfk.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    order = np.random.default_rng(0).permutation(
        len(series.labels)
    )  # the validation data are the last ones
    model.fit(
        series.values[order],
        series.labels[order],
        batch_size=32,
        epochs=epochs,
        validation_split=0.2,
        callbacks=callbacks,
        verbose=2,
    )
    return tfk.models.load_model(best)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument(
        "--data", help="folder with *_TRAIN.tsv and *_TEST.tsv, as in the UCR archive"
    )
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    series, unseen = load_engines(arguments.data)
    model = build_model(classes=series.labels.max() + 1)
    with tempfile.TemporaryDirectory() as folder:
        best = train(model, series, arguments.epochs, folder)
    _, accuracy = best.evaluate(unseen.values, unseen.labels, batch_size=100, verbose=0)
    conclude("test accuracy", accuracy, at_least=None if arguments.data else 0.93)


if __name__ == "__main__":
    main()
