"""The chief of a cluster with parameter servers: trains in several ways and writes what came out to
files.

Workers and servers run the same program; TF_CONFIG tells each process what it is.
"""

import os
import pathlib
import runpy
import sys

import numpy as np
import tensorflow as tf
from parts import write

ROOT = pathlib.Path(__file__).parents[2]
resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
if resolver.task_type in ("worker", "ps"):
    runpy.run_path(str(ROOT / "examples" / "distributed" / "serve.py"))["serve"](resolver)

import tfk  # noqa: E402, servers do without
from tfk.datasets import digits  # noqa: E402

BATCH, EPOCHS = 32, 12
(X, Y), (X_TEST, Y_TEST) = digits.load_data()


def build():
    tfk.utils.set_random_seed(1)
    model = tfk.Sequential(
        [
            tfk.Input((8, 8)),
            tfk.layers.Rescaling(1 / 16),
            tfk.layers.Flatten(),
            tfk.layers.Dense(64, "relu"),
            tfk.layers.Dense(10, "softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class Own(tfk.Model):
    """A step of one's own, which returns logs of its own."""

    def __init__(self):
        super().__init__()
        self.dense = tfk.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(x, training=True) - y))
        self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        return {"own": loss}


class Epochs(tfk.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append([epoch, sorted(logs)])


class Batches(tfk.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        """Wakes after every batch."""


def rows_of_worker(context):
    """All rows for every worker, each in an order of its own, to no end."""
    size = context.get_per_replica_batch_size(BATCH)
    return tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(len(X)).repeat().batch(size)


def endless():
    while True:
        yield X[:BATCH], Y[:BATCH]


def message(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)


def arrays(model, folder):
    """Plain arrays: every row once an epoch, on whichever worker."""
    test = tf.data.Dataset.from_tensor_slices((X_TEST, Y_TEST)).batch(100)
    watch, path = Epochs(), os.path.join(folder, "best.keras")
    callbacks = [
        watch,
        tfk.callbacks.ModelCheckpoint(path),
        tfk.callbacks.EarlyStopping(patience=EPOCHS),
    ]
    history = model.fit(
        X, Y, batch_size=BATCH, epochs=EPOCHS, verbose=0, validation_data=test, callbacks=callbacks
    )
    outputs = model.predict(X_TEST, batch_size=64, verbose=0)
    on_disk = tfk.models.load_model(path)
    return {
        "steps": int(model.optimizer.iterations),
        "history": history.history,
        "seen": watch.seen,
        "evaluate": model.evaluate(X_TEST, Y_TEST, batch_size=50, verbose=0),
        "evaluate dataset": model.evaluate(test, verbose=0),
        "evaluate on disk": on_disk.evaluate(X_TEST, Y_TEST, verbose=0),
        "apart": float(np.abs(outputs - on_disk.predict(X_TEST, verbose=0)).max()),
        "few": model.predict(X_TEST[:3], verbose=0).shape,
        "on batch": model.train_on_batch(X[:BATCH], Y[:BATCH]),
    }


def creator(model):
    """Pipelines of the workers."""
    data = tfk.utils.experimental.DatasetCreator(rows_of_worker)
    steps = -(-len(X) // BATCH)
    history = model.fit(
        data,
        epochs=EPOCHS,
        steps_per_epoch=steps,
        validation_data=data,
        validation_steps=5,
        verbose=0,
    )
    return {
        "steps": int(model.optimizer.iterations),
        "expected": EPOCHS * steps,
        "evaluate": model.evaluate(X_TEST, Y_TEST, verbose=0),
        "logs": sorted(history.history),
        "without steps": message(model.fit, data),
        "predict": message(model.predict, data),
    }


def of_epochs(folder):
    """The callbacks that act on epochs: how many epochs were trained, and what was written."""
    model, folder = build(), os.path.join(folder, "callbacks")
    os.mkdir(folder)
    callbacks = [
        tfk.callbacks.TensorBoard(os.path.join(folder, "board"), 1, write_images=True),
        tfk.callbacks.CSVLogger(os.path.join(folder, "log.csv")),
        tfk.callbacks.BackupAndRestore(os.path.join(folder, "backup"), delete_checkpoint=False),
        tfk.callbacks.ModelCheckpoint(os.path.join(folder, "weights"), save_weights_only=True),
        tfk.callbacks.ReduceLROnPlateau(monitor="loss"),
        tfk.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
        tfk.callbacks.TerminateOnNaN(),
        tfk.callbacks.EarlyStopping("accuracy", min_delta=2.0, patience=2),
    ]
    data = {"validation_data": (X_TEST, Y_TEST), "batch_size": BATCH, "verbose": 2}
    history = model.fit(X[:64], Y[:64], epochs=9, callbacks=callbacks, **data)
    return {
        "epochs": history.epoch,
        "rate": float(model.optimizer.learning_rate),
        "written": sorted(os.listdir(folder)),
        "board": sorted(os.listdir(os.path.join(folder, "board"))),
    }


def others(strategy):
    """Further kinds of data, steps of one's own, and what is refused."""
    model = build()
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH)
    distributed = strategy.experimental_distribute_dataset(dataset.repeat())
    model.fit(dataset, verbose=0)
    after_dataset = int(model.optimizer.iterations)
    model.fit(endless(), steps_per_epoch=19, verbose=0)
    model.fit(distributed, steps_per_epoch=11, verbose=0)
    own = Own()
    own.compile(tfk.optimizers.SGD(0.1))
    x = np.linspace(-1, 1, 64, dtype="float32")[:, np.newaxis]
    history = own.fit(x, 2 * x, batch_size=8, epochs=20, verbose=0).history
    return {
        "steps": [after_dataset, int(model.optimizer.iterations) - after_dataset],
        "own": history["own"],
        "hooks": message(model.fit, X, Y, callbacks=[Batches()], verbose=0),
        "bar": message(model.fit, X, Y, verbose=1),
        "XLA": message(model.compile, "adam", "mse", jit_compile=True),
        "eager": message(model.compile, "adam", "mse", run_eagerly=True),
        "float16": message(tfk.mixed_precision.LossScaleOptimizer, tfk.optimizers.SGD()),
    }


def main():
    folder = sys.argv[1]
    alone = build()
    alone.fit(X, Y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    write(folder, "alone", alone.evaluate(X_TEST, Y_TEST, verbose=0))
    strategy = tf.distribute.ParameterServerStrategy(resolver)
    with strategy.scope():
        write(folder, "arrays", arrays(build(), folder))
        write(folder, "creator", creator(build()))
        write(folder, "callbacks", of_epochs(folder))
        write(folder, "others", others(strategy))


if __name__ == "__main__":
    main()
