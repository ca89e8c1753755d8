"""Built-in callbacks together with a custom one that notes every hook."""

import csv
import os
import sys
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.callbacks import (
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

rng = np.random.RandomState(7)
x = rng.randn(60, 3).astype("float32")
y = (x @ np.array([[1.0], [-2.0], [0.5]]) + 0.1 * rng.randn(60, 1)).astype("float32")
folder = tempfile.mkdtemp()


class Notes(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls, self.lines = [], []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin")

    def on_train_end(self, logs=None):
        self.calls.append("train end")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append("epoch %d begin" % epoch)

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append("epoch %d end with %s" % (epoch, sorted(logs)))
        if epoch == 5:
            self.model.stop_training = True

    def on_batch_begin(self, batch, logs=None):
        self.calls.append("batch %d begin" % batch)

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append("batch %d end" % batch)
        self.lines.append(logs["loss"])

    def on_test_batch_end(self, batch, logs=None):
        self.calls.append("test batch %d end" % batch)

    def on_predict_end(self, logs=None):
        self.calls.append("predict end")


model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,), kernel_initializer="ones")])
model.compile(keras.optimizers.SGD(0.3), "mse", metrics=["mae"])
notes = Notes()
rates = []
history = model.fit(
    x,
    y,
    batch_size=16,
    epochs=10,
    shuffle=False,
    validation_data=(x[:20] + 0.5, y[:20]),
    verbose=0,
    callbacks=[
        notes,
        EarlyStopping(monitor="val_loss", patience=4, restore_best_weights=True, verbose=1),
        ModelCheckpoint(
            os.path.join(folder, "best.h5"), monitor="val_loss", save_best_only=True, verbose=1
        ),
        ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_lr=0.01, verbose=1),
        CSVLogger(os.path.join(folder, "log.csv"), separator=",", append=False),
        LambdaCallback(
            on_epoch_end=lambda epoch, logs: rates.append(
                float(keras.backend.get_value(model.optimizer.lr))
            )
        ),
    ],
)
model.predict(x, callbacks=[notes], verbose=0)
rows = list(csv.reader(open(os.path.join(folder, "log.csv"))))
best = keras.models.load_model(os.path.join(folder, "best.h5"))

np.savez(
    sys.argv[1],
    calls=notes.calls,
    lines=notes.lines,
    rates=rates,
    names=sorted(history.history),
    lr=history.history["lr"],
    val_loss=history.history["val_loss"],
    columns=rows[0],
    csv=np.array(rows[1:], "float64"),
    best=best.get_weights()[0],
    final=model.get_weights()[0],
)
