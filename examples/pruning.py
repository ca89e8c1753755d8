"""Shrinks a network that reads digits: four weights of five set to zero, then 8-bit numbers in a
LiteRT file.

    python examples/pruning.py [--sparsity 0.8] [--epochs 25]

Prints the accuracy and the size of the file, as it is and compressed, at each stage. Expected:
pruning costs less than a point of accuracy, and the 8-bit file has less than 30 % of the float
file's size.
"""

import argparse
import gzip

from support.outcome import conclude

import tfk
from tfk import layers, pruning
from tfk.datasets import digits
from tfk.quantization import quantize

BATCH = 32


def build_model():
    """Two dense layers on the pixels."""
    model = tfk.Sequential(
        [
            tfk.Input((8, 8)),
            layers.Rescaling(1 / 16),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(512, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def report(stage, lite, x, y):
    """Prints one line of the table, measured on the file as a small device would run it; returns
    the accuracy.
    """
    accuracy = lite.evaluate(x, y)
    packed = len(gzip.compress(lite.data))
    print(f"{stage:24s} accuracy {accuracy:.4f}  {lite.size:8,d} bytes  {packed:8,d} compressed")
    return accuracy


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sparsity", type=float, default=0.8)
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    model = build_model()
    model.fit(x_train, y_train, batch_size=BATCH, epochs=arguments.epochs, verbose=0)
    whole = quantize(model, None)
    dense = report("dense, float32", whole, x_test, y_test)

    steps = arguments.epochs * -(-len(x_train) // BATCH)
    schedule = pruning.PolynomialDecay(
        0.0, arguments.sparsity, begin_step=0, end_step=max(steps // 2, 1)
    )
    callback = pruning.MagnitudePruning(schedule, frequency=20)
    model.fit(
        x_train, y_train, batch_size=BATCH, epochs=arguments.epochs, verbose=0, callbacks=[callback]
    )
    pruning.strip(model)
    pruned = report(
        f"{pruning.sparsity(model):.0%} zeros, float32", quantize(model, None), x_test, y_test
    )

    small = quantize(model, "int8", representative_data=x_train[:200])
    both = report("pruned, int8", small, x_test, y_test)
    print()
    conclude("points of accuracy lost by pruning", 100 * (dense - pruned), at_most=1)
    conclude("points of accuracy lost altogether", 100 * (dense - both), at_most=1.5)
    conclude("share of the float file's size", small.size / whole.size, at_most=0.3)


if __name__ == "__main__":
    main()
