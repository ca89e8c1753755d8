"""`fit` under MirroredStrategy on two CPUs: tfk against tf_keras, on small dense networks.

    python benchmarks/distribution.py [--rounds 3]

Both train the same networks on the same arrays in one process, in turn; medians of wall time per
step are printed. Asked for: tfk is at least twice as fast.
"""

import argparse
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras
from timing import in_turns

import tfk

ROWS, BATCH = 2048, 32
NETWORKS = {"13-64-64-1": (13, [64, 64]), "64-128-1": (64, [128])}
RANDOM = np.random.default_rng(0)


def fitting(package, strategy, features, widths):
    """A function that trains one network for an epoch."""
    with strategy.scope():
        model = package.Sequential(
            [package.layers.Input((features,))]
            + [package.layers.Dense(width, activation="relu") for width in widths]
            + [package.layers.Dense(1)]
        )
        model.compile("rmsprop", "mse", metrics=["mae"])
    x = RANDOM.normal(size=(ROWS, features)).astype("float32")
    y = x[:, :1] * 2
    return lambda: model.fit(x, y, batch_size=BATCH, verbose=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    good = True
    for name, (features, widths) in NETWORKS.items():
        results = in_turns(
            {
                package.__name__: fitting(package, strategy, features, widths)
                for package in (tfk, tf_keras)
            },
            rounds,
        )
        ours, theirs = (
            results[package].median[0] / (ROWS / BATCH) * 1e6 for package in ("tfk", "tf_keras")
        )
        good = good and theirs >= 2 * ours
        print(
            f"{name:12s} tfk {ours:7.0f} us/step   tf_keras {theirs:7.0f} us/step  "
            f" {theirs / ours:.1f} times"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
