"""Trains a network to read digits on several devices, machines or processes.

    python examples/distributed/train.py --strategy mirrored --devices 2
    python examples/distributed/launch.py --workers 2 examples/distributed/train.py --strategy
    multiworker python examples/distributed/launch.py --workers 2 --servers 1
    examples/distributed/train.py --strategy ps

The batch size is that of the global batch, whoever computes it, so the numbers do not depend on the
number of devices; with parameter servers, workers take a batch each and do not wait for each other.
A training that was killed goes on with --resume. For a cluster, set TF_CONFIG on every machine;
launch.py does it for local processes. More than 90 % of the package's unseen digits are read
rightly after 5 epochs; otherwise the exit code is 1.
"""

import argparse
import json
import os
import pathlib
import shutil

import numpy as np
import tensorflow as tf
from serve import serve

import tfk
from tfk import layers
from tfk.datasets import digits


def strategy_of(kind, devices):
    """The strategy with this name; `devices` CPUs where there are no GPUs."""
    if kind == "mirrored":
        if not tf.config.list_physical_devices("GPU"):
            cpu = tf.config.list_physical_devices("CPU")[0]
            tf.config.set_logical_device_configuration(
                cpu, [tf.config.LogicalDeviceConfiguration()] * devices
            )
            return tf.distribute.MirroredStrategy([f"CPU:{number}" for number in range(devices)])
        return tf.distribute.MirroredStrategy()
    if kind == "multiworker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if kind == "ps":
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        if resolver.task_type in ("worker", "ps"):
            serve(resolver)
        return tf.distribute.ParameterServerStrategy(resolver)
    return tf.distribute.get_strategy()


def build_model():
    """A small convolutional network; its last layer stays in float32 whatever the policy."""
    return tfk.Sequential(
        [
            tfk.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax", dtype="float32"),
        ]
    )


def load(path):
    """`x` and `y` for training and testing: from an .npz file with x_train, y_train, x_test,
    y_test, or the digits.
    """
    if path is None:
        (x_train, y_train), (x_test, y_test) = digits.load_data()
        return x_train[..., np.newaxis], y_train, x_test[..., np.newaxis], y_test
    with np.load(path, allow_pickle=False) as data:
        return tuple(data[name] for name in ("x_train", "y_train", "x_test", "y_test"))


def place():
    """Number of this process in its cluster, 0 without one."""
    return json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {}).get("index", 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--strategy", choices=["none", "mirrored", "multiworker", "ps"], default="mirrored"
    )
    parser.add_argument(
        "--devices", type=int, default=2, help="CPUs for mirrored where there is no GPU"
    )
    parser.add_argument("--mixed-precision", action="store_true", help="compute in 16 bits")
    parser.add_argument("--jit", action="store_true", help="compile with XLA (on one device)")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument(
        "--data", type=pathlib.Path, help="an .npz file; the digits that come with tfk by default"
    )
    parser.add_argument("--log-dir", type=pathlib.Path, default=pathlib.Path("out/distributed"))
    parser.add_argument(
        "--resume", action="store_true", help="go on after the last backup in --log-dir"
    )
    arguments = parser.parse_args()

    strategy = strategy_of(arguments.strategy, arguments.devices)
    tfk.utils.set_random_seed(1)
    if arguments.mixed_precision:
        # With parameter servers there is no loss scaling, which float16 needs.
        half = "mixed_bfloat16" if arguments.strategy == "ps" else "mixed_float16"
        tfk.mixed_precision.set_global_policy(half)
    x_train, y_train, x_test, y_test = load(arguments.data)
    with strategy.scope():
        model = build_model()
        model.compile(
            "adam",
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=True if arguments.jit else None,
        )
    arguments.log_dir.mkdir(parents=True, exist_ok=True)
    backup = arguments.log_dir / "backup"
    if not arguments.resume:
        shutil.rmtree(backup, ignore_errors=True)
    callbacks = [
        tfk.callbacks.ModelCheckpoint(str(arguments.log_dir / "model.keras")),
        tfk.callbacks.BackupAndRestore(backup),
    ]
    if place() == 0:
        callbacks.append(
            tfk.callbacks.CSVLogger(str(arguments.log_dir / "log.csv"), append=arguments.resume)
        )
    model.fit(
        x_train,
        y_train,
        batch_size=arguments.batch_size,
        epochs=arguments.epochs,
        verbose=2 if place() == 0 else 0,
        callbacks=callbacks,
    )
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    if place() == 0:
        print(f"test accuracy with {strategy.num_replicas_in_sync} replicas: {accuracy:.4f}")
        if arguments.data is None and accuracy < 0.9:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
