"""Shrinks a network that reads digits: four weights of five set to zero, then 8-bit numbers in a LiteRT file.

    python examples/pruning.py [--sparsity 0.8] [--epochs 25]

Prints the accuracy and the size of the file, as it is and compressed, at each stage.
"""

import argparse
import gzip
import pathlib
import tempfile

import numpy as np
import tensorflow as tf

import tfk
from tfk import layers, pruning
from tfk.datasets import digits

BATCH = 32


def build_model():
    """Two dense layers on the pixels."""
    model = tfk.Sequential(
        [
            tfk.Input((8, 8)),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def lite_accuracy(path, images, labels):
    """Accuracy of a LiteRT file, image by image as a small device would run it."""
    run = tf.lite.Interpreter(model_path=str(path)).get_signature_runner()
    name = next(iter(run.get_input_details()))
    answers = [
        next(iter(run(**{name: image[np.newaxis].astype("float32")}).values())).argmax() for image in images
    ]
    return float(np.mean(answers == labels))


def report(stage, accuracy, path):
    """Prints one line of the table and returns the size of the file."""
    data = path.read_bytes()
    print(
        f"{stage:24s} accuracy {accuracy:.4f}  {len(data):8,d} bytes  {len(gzip.compress(data)):8,d} compressed"
    )
    return len(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sparsity", type=float, default=0.8)
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    model = build_model()
    model.fit(x_train, y_train, batch_size=BATCH, epochs=arguments.epochs, verbose=0)
    _, dense = model.evaluate(x_test, y_test, verbose=0)

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "model.tflite")
        model.export(str(path), format="tflite")
        size = report("dense, float32", dense, path)

        steps = arguments.epochs * -(-len(x_train) // BATCH)
        schedule = pruning.PolynomialDecay(0.0, arguments.sparsity, begin_step=0, end_step=max(steps // 2, 1))
        callback = pruning.MagnitudePruning(schedule, frequency=20)
        model.fit(
            x_train, y_train, batch_size=BATCH, epochs=arguments.epochs, verbose=0, callbacks=[callback]
        )
        pruning.strip(model)
        _, pruned = model.evaluate(x_test, y_test, verbose=0)
        model.export(str(path), format="tflite")
        report(f"{pruning.sparsity(model):.0%} zeros, float32", pruned, path)

        model.export(str(path), format="tflite", quantize="int8", representative_data=x_train[:200])
        small = report("pruned, int8", lite_accuracy(path, x_test, y_test), path)
    print(
        f"\npruning cost {100 * (dense - pruned):.2f} points; the int8 file has {small / size:.0%} of the float file's size"
    )


if __name__ == "__main__":
    main()
