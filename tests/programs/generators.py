"""Python generators and Sequences: fit_generator and fit, weights for classes and samples."""

import sys

import numpy as np
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import Sequence

rng = np.random.RandomState(11)
x = rng.randn(50, 4).astype("float32")
y = (x[:, 0] + 0.2 * x[:, 1] > 0.3).astype("float32")


def batch_generator(x, y, batch_size):
    while True:
        for start in range(0, len(x) - batch_size + 1, batch_size):
            yield x[start : start + batch_size], y[start : start + batch_size]


class Batches(Sequence):
    def __init__(self, x_set, y_set, batch_size, weights=None):
        self.x, self.y, self.batch_size, self.weights = x_set, y_set, batch_size, weights
        self.epochs = 0

    def __len__(self):
        return int(np.ceil(len(self.x) / float(self.batch_size)))

    def __getitem__(self, idx):
        rows = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        batch = (self.x[rows], self.y[rows])
        return batch if self.weights is None else (*batch, self.weights[rows])

    def on_epoch_end(self):
        self.epochs += 1


def build():
    model = Sequential()
    model.add(Dense(3, input_dim=4, kernel_initializer="ones", activation="tanh"))
    model.add(Dense(1, kernel_initializer="ones", activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
    return model


results = {}
model = build()
history = model.fit_generator(
    batch_generator(x, y, 10),
    steps_per_epoch=5,
    epochs=2,
    validation_data=batch_generator(x, y, 25),
    validation_steps=2,
    verbose=0,
)
results.update({"generator_" + key: values for key, values in history.history.items()})
results["evaluated"] = model.evaluate_generator(batch_generator(x, y, 10), steps=5)
results["predicted"] = model.predict_generator(batch_generator(x, y, 10), steps=3)

model = build()
sequence = Batches(x, y, 16)
history = model.fit(sequence, epochs=2, shuffle=False, class_weight={0: 1.0, 1: 3.0}, verbose=0)
results.update(sequence_loss=history.history["loss"], epochs_seen=[sequence.epochs])

model = build()
weights = np.linspace(0.1, 2.0, 50)
history = model.fit(Batches(x, y, 16, weights), epochs=2, shuffle=False, verbose=0)
results["weighted_loss"] = history.history["loss"]
results["weighted_score"] = model.evaluate(x, y, sample_weight=weights, batch_size=16, verbose=0)
np.savez(sys.argv[1], **results)
