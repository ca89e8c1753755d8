"""Learning rates that change: LearningRateScheduler, schedules, K.set_value by hand."""

import math
import sys

import numpy as np
import tensorflow.keras.backend as K
from tensorflow.keras.callbacks import LearningRateScheduler
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import SGD, Adam
from tensorflow.keras.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
)

rng = np.random.RandomState(8)
x = rng.randn(40, 4).astype("float32")
y = x.sum(axis=1, keepdims=True)


def step_decay(epoch):
    initial_lrate, drop, epochs_drop = 0.1, 0.5, 2.0
    return initial_lrate * math.pow(drop, math.floor((1 + epoch) / epochs_drop))


def build(optimizer):
    model = Sequential([Dense(1, input_dim=4, kernel_initializer="zeros")])
    model.compile(loss="mse", optimizer=optimizer)
    return model


results = {}
model = build(SGD(learning_rate=0.0, momentum=0.5))
history = model.fit(
    x,
    y,
    epochs=5,
    batch_size=20,
    shuffle=False,
    callbacks=[LearningRateScheduler(step_decay, verbose=1)],
    verbose=0,
)
results.update(step_loss=history.history["loss"], step_lr=history.history["lr"])

model = build(Adam(0.1))
model.fit(x, y, epochs=1, batch_size=20, shuffle=False, verbose=0)
K.set_value(model.optimizer.lr, 0.5 * K.get_value(model.optimizer.lr))
losses = model.fit(x, y, epochs=1, batch_size=20, shuffle=False, verbose=0).history["loss"]
model.optimizer.learning_rate = 0.01
losses += model.fit(x, y, epochs=1, batch_size=20, shuffle=False, verbose=0).history["loss"]
results.update(by_hand=losses, rate=[K.get_value(model.optimizer.learning_rate)])

schedules = {
    "exponential": ExponentialDecay(0.2, decay_steps=3, decay_rate=0.7, staircase=True),
    "piecewise": PiecewiseConstantDecay([2, 5], [0.2, 0.1, 0.01]),
    "cosine": CosineDecay(0.2, decay_steps=8),
}
for name, schedule in schedules.items():
    model = build(SGD(schedule))
    results[name] = model.fit(x, y, epochs=3, batch_size=10, shuffle=False, verbose=0).history[
        "loss"
    ]
    results[name + "_rates"] = [float(schedule(step)) for step in range(10)]

np.savez(sys.argv[1], **results)
