"""Data that Python makes: Sequence, endless generators, workers, weights, callbacks of batches."""

import math
import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, callbacks, layers, utils

rng = np.random.RandomState(0)
x, y = rng.rand(22, 6).astype("float32"), rng.randint(0, 3, 22)


class Batches(utils.Sequence):
    def __init__(self, x, y, batch_size, weights=None):
        self.x, self.y, self.batch_size, self.weights = x, y, batch_size, weights
        self.ends = 0

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        part = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        batch = (self.x[part], utils.to_categorical(self.y[part], num_classes=3))
        return batch if self.weights is None else (*batch, self.weights[part])

    def on_epoch_end(self):
        self.ends += 1


def endless(batch_size=4):
    place = 0
    while True:
        index = np.arange(place, place + batch_size) % len(x)
        place += batch_size
        yield x[index], np.eye(3, dtype="float32")[y[index]]


def finite():
    for start in range(0, 20, 5):
        yield {"features": x[start : start + 5]}, np.eye(3)[y[start : start + 5]]


class Recorder(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_batch_begin(self, batch, logs=None):
        self.events.append(f"begin {batch} {sorted(logs or {})}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"end {batch} {sorted(logs)}")

    def on_test_begin(self, logs=None):
        self.events.append("test")

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"tested {batch}")

    def on_predict_batch_end(self, batch, logs=None):
        self.events.append(f"predicted {batch} {logs['outputs'].shape}")

    def set_params(self, params):
        self.events.append(str(sorted(params.items())))
        super().set_params(params)


model = Sequential([layers.Dense(5, activation="tanh", input_shape=(6,), name="features")])
model.add(layers.GaussianNoise(0.0))
model.add(layers.PReLU())
model.add(layers.Dense(3, activation=tf.nn.softmax))
model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
model.compile("ftrl", "categorical_crossentropy", metrics=["categorical_accuracy"])
recorder = Recorder()
sequence = Batches(x, y, 8)
first = model.fit(
    sequence,
    epochs=2,
    shuffle=False,
    validation_data=Batches(x[:6], y[:6], 4),
    verbose=0,
    callbacks=[recorder],
    workers=1,
    use_multiprocessing=False,
    max_queue_size=2,
    class_weight={0: 1.0, 1: 2.0, 2: 0.5},
)
second = model.fit(
    endless(),
    steps_per_epoch=3,
    epochs=2,
    verbose=0,
    validation_data=endless(2),
    validation_steps=2,
    validation_freq=[2],
)
third = model.fit(Batches(x, y, 8, np.linspace(0, 1, 22)), shuffle=False, verbose=0)
dataset = tf.data.Dataset.from_generator(
    endless, output_types=(tf.float32, tf.float32), output_shapes=((None, 6), (None, 3))
)
fourth = model.fit(dataset.repeat(), steps_per_epoch=2, epochs=3, initial_epoch=1, verbose=0)
predicted = model.predict(sequence, callbacks=[recorder], verbose=0, steps=2)
evaluated = model.evaluate(endless(), steps=4, verbose=0)
by_hand = []
for epoch in range(2):
    model.reset_metrics()
    for bx, by in Batches(x, y, 11):
        logs = model.train_on_batch(bx, by, reset_metrics=False, return_dict=True)
    by_hand.append([logs["loss"], logs["categorical_accuracy"]])
ordered = utils.OrderedEnqueuer(sequence, use_multiprocessing=False, shuffle=False)
ordered.start(workers=1, max_queue_size=3)
stream = ordered.get()
queued = [next(stream)[0].shape[0] for _ in range(4)]
ordered.stop()
np.savez(
    sys.argv[1],
    events=recorder.events,
    first=[first.history[k] for k in sorted(first.history)],
    second=second.history["loss"],
    second_val=second.history["val_loss"],
    third=third.history["loss"],
    fourth=fourth.history["loss"],
    epochs=fourth.epoch,
    params=str(sorted(second.params.items())),
    predicted=predicted,
    evaluated=evaluated,
    by_hand=by_hand,
    queued=queued,
)
