"""Loads damaged checkpoints, in a process of its own: TensorFlow's reader, which is not ours, may
bring it down.

    python -m tests.saving.mutated_checkpoints FOLDER MUTATIONS

Prints how many loaded, how many were refused, and the seconds that the slowest took.
"""

import pathlib
import sys
import time

import numpy as np

import tfk
from tests.saving.mutations import mutated


def small_model():
    model = tfk.Sequential(
        [tfk.layers.Dense(3, activation="relu", input_shape=(2,)), tfk.layers.Dense(1)]
    )
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 1)))
    return model


def main(folder, mutations):
    model, prefix, rng = small_model(), pathlib.Path(folder, "weights"), np.random.default_rng(0)
    model.save_weights(prefix)
    files = sorted(pathlib.Path(folder).glob("weights.*"))  # the data and the index
    loaded, slowest = 0, 0.0
    for number in range(mutations):
        file = files[number % 2]
        good = file.read_bytes()
        file.write_bytes(mutated(good, rng))
        began = time.perf_counter()
        try:
            model.load_weights(prefix).expect_partial()
            loaded += 1
        except (ValueError, OSError) as error:
            assert "weights" in str(error), error
        slowest = max(slowest, time.perf_counter() - began)
        file.write_bytes(good)
    print(loaded, mutations - loaded, f"{slowest:.3f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
