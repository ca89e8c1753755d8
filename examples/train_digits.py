"""Trains a small convolutional network to read handwritten digits, and shows what it has learned.

    python examples/train_digits.py [--epochs 15] [--plot out/digits_history.png]

Prints the model, the progress of training, the accuracy on images it has never seen and a few of
its answers, and draws loss and accuracy over the epochs into a PNG file. More than 96 % of the
unseen images are read rightly, after a few seconds on two cores.
"""

import argparse
import pathlib
import time

import numpy as np
from support.outcome import conclude
from support.pictures import print_pictures

import tfk
from tfk import layers
from tfk.datasets import digits


def build_model():
    """Two convolutions with pooling, then one dense layer for the ten digits."""
    model = tfk.Sequential(
        [
            tfk.Input((8, 8, 1)),
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


def logs_for_tensorboard(folder, images, labels):
    """A callback that writes logs, with the features of some images as points that bear their
    labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.tsv").write_text("\n".join(map(str, labels)))
    return tfk.callbacks.TensorBoard(
        folder,
        histogram_freq=1,
        embeddings_freq=1,
        embeddings_layer_names=["features"],
        embeddings_data=images,
        embeddings_metadata="labels.tsv",
    )


def draw_answers(images, answers, labels):
    """Prints images side by side, the network's answer and its certainty below each."""
    captions = [
        f"{answer.argmax()} ({answer.max():.0%})"
        + ("" if answer.argmax() == label else f", is {label}")
        for answer, label in zip(answers, labels)
    ]
    print_pictures(images / 16, captions)


def plot_history(history, path):
    """Draws loss and accuracy, in training and validation, into a PNG file."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        print('\nno plot: matplotlib is missing, pip install "tfk[plot]" brings it')
        return
    figure = Figure(figsize=(10, 4))
    axes = figure.subplots(1, 2)
    for axis, name in zip(axes, ("loss", "accuracy")):
        epochs = range(1, len(history[name]) + 1)
        axis.plot(epochs, history[name], label="training")
        axis.plot(epochs, history[f"val_{name}"], label="validation")
        axis.set(title=name, xlabel="epoch")
        axis.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    print(f"\nloss and accuracy over the epochs are drawn in {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--plot", type=pathlib.Path, default=pathlib.Path("out/digits_history.png"))
    parser.add_argument(
        "--log-dir", type=pathlib.Path, help="folder of logs for TensorBoard; none by default"
    )
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    model = build_model()
    model.summary()

    callbacks = []
    if arguments.log_dir:
        callbacks.append(logs_for_tensorboard(arguments.log_dir, x_test[..., np.newaxis], y_test))

    start = time.perf_counter()
    training = model.fit(
        x_train[..., np.newaxis],
        y_train,
        batch_size=32,
        epochs=arguments.epochs,
        validation_split=0.1,
        callbacks=callbacks,
    )
    seconds = time.perf_counter() - start

    _, accuracy = model.evaluate(x_test[..., np.newaxis], y_test, verbose=0)
    print(f"\n{seconds:.1f} s of training\n")
    shown = slice(0, 4)
    draw_answers(
        x_test[shown], model.predict(x_test[shown, ..., np.newaxis], verbose=0), y_test[shown]
    )
    plot_history(training.history, arguments.plot)
    conclude("test accuracy", accuracy, at_least=0.96)


if __name__ == "__main__":
    main()
