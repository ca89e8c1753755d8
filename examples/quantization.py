"""Writes a network that reads digits as LiteRT files of four kinds, and measures what the smaller
numbers cost.

    python examples/quantization.py [--epochs 15] [--data mnist --epochs 3]

Prints size, accuracy on unseen images and the largest difference from the model's own answers for
each file, as a small device would run it. `--data mnist` or `--data fashion_mnist` uses those data
sets when they lie in the cache of Keras, or can be downloaded. Expected: the float file gives the
model's answers to 0.001, the 8-bit file has less than 35 % of its size and loses less than a point
of accuracy.
"""

import argparse
import importlib

import numpy as np
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.quantization import quantize

BRIGHTEST = {"digits": 16, "mnist": 255, "fashion_mnist": 255}


def load_data(name):
    """Training and test images, `(count, height, width, 1)` from 0 to 1, with their labels."""
    pairs = importlib.import_module(f"tfk.datasets.{name}").load_data()
    return [
        ((images / BRIGHTEST[name]).astype("float32")[..., None], labels)
        for images, labels in pairs
    ]


def build_model(shape):
    """Two convolutions with pooling and two dense layers."""
    model = tfk.Sequential(
        [
            tfk.Input(shape),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--data", choices=list(BRIGHTEST), default="digits")
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = load_data(arguments.data)
    model = build_model(x_train.shape[1:])
    model.fit(x_train, y_train, batch_size=64, epochs=arguments.epochs, verbose=0)
    answers, accuracy = (
        model.predict(x_test, verbose=0),
        model.evaluate(x_test, y_test, verbose=0)[1],
    )
    print(f"the model itself: accuracy {accuracy:.4f} on {len(x_test):,d} images")

    files, values, differences = {}, {}, {}
    for kind in (None, "float16", "dynamic", "int8"):
        files[kind] = lite = quantize(model, kind, representative_data=x_train[:200])
        values[kind] = lite.evaluate(x_test, y_test)
        differences[kind] = np.abs(lite.predict(x_test) - answers).max()
        print(
            f"{kind or 'float32':8s} accuracy {values[kind]:.4f} {lite.size:10,d} bytes"
            f"   answers differ by {differences[kind]:.6f} at most"
        )
    print()
    conclude("largest difference of the float file", differences[None], at_most=1e-3)
    conclude(
        "share of the float file's size in 8 bits",
        files["int8"].size / files[None].size,
        at_most=0.35,
    )
    conclude("points of accuracy lost in 8 bits", 100 * (accuracy - values["int8"]), at_most=1)


if __name__ == "__main__":
    main()
