"""A training on two devices that is interrupted and resumed: the program of `test_distributed.py`.

python mirrored_training.py FOLDER
"""

import sys

import numpy as np
import tensorflow as tf

import tfk
from tfk import callbacks

X = np.random.RandomState(0).rand(64, 4).astype("float32")
Y = X.sum(1, keepdims=True)


class Killed(BaseException):
    pass


class Killer(callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 5):
            raise Killed


def train(folder, *more):
    tfk.utils.set_random_seed(1)
    tfk.backend.clear_session()
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        layers = tfk.layers
        model = tfk.Sequential(
            [
                layers.Dense(4, input_shape=(4,)),
                layers.BatchNormalization(),
                layers.Dropout(0.3),
                layers.Dense(1),
            ]
        )
        model.compile("adam", "mse", metrics=["mae"])
    given = [
        callbacks.TensorBoard(f"{folder}/logs", histogram_freq=1),
        callbacks.ModelCheckpoint(f"{folder}/model.keras", monitor="loss", save_best_only=True),
        callbacks.BackupAndRestore(f"{folder}/backup", save_freq=3),
    ]
    model.fit(
        X, Y, batch_size=8, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[*given, *more]
    )
    return model


def main(folder):
    cpus = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
    expected = train(f"{folder}/whole")
    try:
        train(f"{folder}/killed", Killer())
        raise AssertionError("not killed")
    except Killed:
        pass
    model = train(f"{folder}/killed")
    assert all(map(np.array_equal, model.get_weights(), expected.get_weights()))
    assert model.history.history == expected.history.history
    print("equal")


if __name__ == "__main__":
    main(sys.argv[1])
