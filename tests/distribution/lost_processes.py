"""The chief of a cluster whose processes are killed by a test: trains for ever.

Workers and servers run the same program; TF_CONFIG tells each process what it is. Every step prints
a line on the worker that runs it. After each epoch the chief adds a line to the file `epochs`.
"""

import pathlib
import runpy
import sys

import numpy as np
import tensorflow as tf

ROOT = pathlib.Path(__file__).parents[2]
resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
if resolver.task_type in ("worker", "ps"):
    runpy.run_path(str(ROOT / "examples" / "distributed" / "serve.py"))["serve"](resolver)

import tfk  # noqa: E402, servers do without

X = np.random.default_rng(0).normal(size=(128, 4)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [3.0], [0.5]], "float32")


class Telling(tfk.Model):
    """A linear model whose steps tell where they run."""

    def __init__(self):
        super().__init__()
        self.dense = tfk.layers.Dense(1)

    def call(self, inputs, training=False):
        if training:
            tf.print("step")
        return self.dense(inputs)


class Notes(tfk.callbacks.Callback):
    """Writes down the epochs."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_epoch_end(self, epoch, logs=None):
        with open(self.path, "a") as file:
            file.write(f"{epoch} {logs['loss']}\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    strategy = tf.distribute.ParameterServerStrategy(resolver)
    tfk.utils.set_random_seed(1)
    with strategy.scope():
        model = Telling()
        model.compile(tfk.optimizers.SGD(0.01), "mse")
    callbacks = [Notes(folder / "epochs"), tfk.callbacks.BackupAndRestore(folder / "backup")]
    model.fit(X, Y, batch_size=4, epochs=100_000, verbose=0, callbacks=callbacks)


if __name__ == "__main__":
    main()
