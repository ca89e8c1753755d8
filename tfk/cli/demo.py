"""Train a network on handwritten digits and show what it has learned."""

import pathlib
import time

import numpy as np

from tfk import layers
from tfk.callbacks import TensorBoard
from tfk.cli.errors import CommandError
from tfk.cli.pictures import print_pictures
from tfk.datasets import digits
from tfk.engine.model.sequential import Sequential
from tfk.utils.random import set_random_seed

DETAILS = """\
The images are part of the package: no network is needed. Training takes a few seconds;
more than 96 % of the images that the network has never seen are read correctly.

examples:
  tfk demo
  tfk demo --epochs 30 --plot history.png --log-dir logs"""

EXPECTED = 0.96


def add_arguments(parser):
    parser.add_argument("--epochs", type=int, default=15, help="epochs of training (15)")
    parser.add_argument(
        "--plot",
        type=pathlib.Path,
        metavar="PICTURE",
        help="draw loss and accuracy over the epochs in this file; needs matplotlib",
    )
    parser.add_argument(
        "--log-dir", type=pathlib.Path, metavar="DIR", help="write logs for TensorBoard here"
    )


def execute(args):
    if args.epochs < 1:
        raise CommandError(f"--epochs {args.epochs}: expected 1 or more")
    set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = x_train[..., np.newaxis], x_test[..., np.newaxis]
    model = build_model()
    model.summary()
    start = time.perf_counter()
    history = model.fit(
        x_train,
        y_train,
        batch_size=32,
        epochs=args.epochs,
        validation_split=0.1,
        callbacks=[logs_with_features(args.log_dir, x_test, y_test)] if args.log_dir else [],
    ).history
    print(f"\n{time.perf_counter() - start:.1f} s of training\n")
    print_answers(x_test[:4, ..., 0] / 16, model.predict(x_test[:4], verbose=0), y_test[:4])
    if args.plot:
        plot_history(history, args.plot)
    accuracy = model.evaluate(x_test, y_test, verbose=0)[1]
    print(f"\ntest accuracy {accuracy:.4f}")
    if args.epochs >= 15 and accuracy < EXPECTED:
        raise CommandError(f"the accuracy is below {EXPECTED}: something is wrong, see tfk doctor")


def build_model():
    """Return two convolutions with pooling, then one dense layer for the ten digits, compiled."""
    model = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(name="features"),
            layers.Dropout(0.4),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def logs_with_features(folder, images, labels):
    """Return a callback that logs histograms of weights, and the features of labelled images."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.tsv").write_text("\n".join(map(str, labels)))
    return TensorBoard(
        folder,
        histogram_freq=1,
        embeddings_freq=1,
        embeddings_layer_names=["features"],
        embeddings_data=images,
        embeddings_metadata="labels.tsv",
    )


def print_answers(images, answers, labels):
    """Print images of values from 0 to 1 side by side, the network's answer below each."""
    captions = [
        f"{answer.argmax()} ({answer.max():.0%})"
        + ("" if answer.argmax() == label else f", is {label}")
        for answer, label in zip(answers, labels)
    ]
    print_pictures(images, captions)


def plot_history(history, path):
    """Draw loss and accuracy, in training and validation, in the file `path`."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise CommandError('--plot needs matplotlib: pip install "tfk[plot]"') from None
    figure = Figure(figsize=(10, 4))
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy")):
        epochs = range(1, len(history[name]) + 1)
        axes.plot(epochs, history[name], label="training")
        axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.set(title=name, xlabel="epoch")
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    print(f"\nloss and accuracy over the epochs are drawn in {path}")
