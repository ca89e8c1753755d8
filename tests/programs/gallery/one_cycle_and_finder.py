"""Learning rates set batch by batch from callbacks, through the backend."""

import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras import backend as K

rng = np.random.RandomState(13)
X, y = rng.rand(60, 4).astype("float32"), rng.randint(0, 3, 60)


class ExponentialLearningRate(keras.callbacks.Callback):
    def __init__(self, factor):
        self.factor = factor
        self.rates = []
        self.losses = []

    def on_epoch_begin(self, epoch, logs=None):
        self.prev_loss = 0

    def on_batch_end(self, batch, logs=None):
        batch_loss = logs["loss"] * (batch + 1) - self.prev_loss * batch
        self.prev_loss = logs["loss"]
        self.rates.append(K.get_value(self.model.optimizer.learning_rate))
        self.losses.append(batch_loss)
        K.set_value(
            self.model.optimizer.learning_rate, self.model.optimizer.learning_rate * self.factor
        )


class OneCycleScheduler(keras.callbacks.Callback):
    def __init__(self, iterations, max_rate):
        self.iterations, self.max_rate = iterations, max_rate
        self.iteration = 0

    def on_batch_begin(self, batch, logs):
        half = self.iterations // 2
        rate = self.max_rate * (1 - abs(self.iteration - half) / half) + 1e-4
        self.iteration += 1
        K.set_value(self.model.optimizer.lr, rate)


def find_learning_rate(model, X, y, epochs=1, batch_size=10, min_rate=1e-3, max_rate=1):
    init_weights = model.get_weights()
    iterations = len(X) // batch_size * epochs
    factor = np.exp(np.log(max_rate / min_rate) / iterations)
    init_lr = K.get_value(model.optimizer.learning_rate)
    K.set_value(model.optimizer.learning_rate, min_rate)
    exp_lr = ExponentialLearningRate(factor)
    model.fit(
        X, y, epochs=epochs, batch_size=batch_size, callbacks=[exp_lr], shuffle=False, verbose=0
    )
    K.set_value(model.optimizer.learning_rate, init_lr)
    model.set_weights(init_weights)
    return exp_lr.rates, exp_lr.losses


model = keras.models.Sequential(
    [
        keras.layers.Dense(8, use_bias=False, input_shape=[4]),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.set_weights([np.abs(rng.normal(0, 0.5, w.shape)) for w in model.get_weights()])
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.SGD(0.01),
    metrics=["accuracy"],
)
rates, losses = find_learning_rate(model, X, y)
history = model.fit(
    X, y, epochs=2, batch_size=10, shuffle=False, verbose=0, callbacks=[OneCycleScheduler(12, 0.05)]
)
np.savez(
    sys.argv[1], rates=rates, losses=losses, last=K.get_value(model.optimizer.lr), **history.history
)
