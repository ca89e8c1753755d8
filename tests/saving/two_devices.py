"""Restores variables that are created later, on two devices; writes the values to a folder.

A program of its own because devices are fixed when TensorFlow starts; see test_checkpoint.py.
"""

import os
import sys

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

import tfk  # noqa: E402, devices come first
from tests.distribution.parts import write  # noqa: E402
from tests.saving.resumed import X, resumed_training  # noqa: E402

OPTIMIZERS = {
    "Adam": lambda: tfk.optimizers.Adam(0.1),
    "loss scale": lambda: tfk.mixed_precision.LossScaleOptimizer(tfk.optimizers.RMSprop(0.1)),
}


class Net(tfk.Model):
    """A subclass with a stack that has no Input, and layers in nested lists."""

    def __init__(self):
        super().__init__()
        self.inner = tfk.Sequential([tfk.layers.Dense(3), tfk.layers.BatchNormalization()])
        self.heads = [[tfk.layers.Dense(1)]]

    def call(self, inputs):
        return self.heads[0][0](self.inner(inputs))


def stack():
    return tfk.Sequential([tfk.layers.Dense(3), tfk.layers.Dropout(0.1), tfk.layers.Dense(1)])


def restored(strategy, folder):
    """Pairs of values restored and values stored, for each model and each way to restore."""
    pairs = []
    for make in (stack, Net):
        saved, prefix = make(), os.path.join(folder, make.__name__)
        saved(X)
        saved.save_weights(prefix)
        for load in (lambda m, p: m.load_weights(p), lambda m, p: tf.train.Checkpoint(m).read(p)):
            for inside in (True, False):
                with strategy.scope():
                    model = make()
                    model.compile("sgd", "mse")
                    if inside:
                        load(model, prefix)
                if not inside:
                    load(model, prefix)
                model.predict(X, verbose=0)
                pairs.append([[w.tolist() for w in m.get_weights()] for m in (model, saved)])
    return pairs


def given(strategy):
    """Outputs of layers with `weights=` that are built by the first batch."""
    values = [np.arange(6, dtype="float32").reshape(3, 2), np.array([7, 8], "float32")]
    outputs = []
    for wrap in (lambda layer: layer, lambda layer: tfk.Sequential([layer])):
        with strategy.scope():
            model = tfk.Sequential([wrap(tfk.layers.Dense(2, weights=values))])
            model.compile(tfk.optimizers.SGD(0.0), "mse")
        model.fit(np.ones((4, 3)), np.zeros((4, 2)), verbose=0)
        outputs.append(model.predict(np.ones((2, 3)), verbose=0)[0].tolist())
    return outputs


def main():
    folder, strategy = sys.argv[1], tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for name, optimizer in OPTIMIZERS.items():
        write(folder, name, resumed_training(optimizer, folder, strategy))
    write(folder, "restored", restored(strategy, folder))
    write(folder, "given", given(strategy))


if __name__ == "__main__":
    main()
