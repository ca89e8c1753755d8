"""Training that is resumed from a checkpoint which is loaded before anything is built."""

import contextlib
import os

import numpy as np

import tfk

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1]


def resumed_training(optimizer, folder, strategy=None):
    """Losses, metrics and weights of training that continues, and of training that resumes."""

    def make():
        with strategy.scope() if strategy else contextlib.nullcontext():
            model = tfk.Sequential([tfk.layers.Dense(3), tfk.layers.Dense(1)])
            model.compile(optimizer(), "mse", metrics=["mae"])
        return model

    def train(model):
        history = model.fit(X, Y, batch_size=8, shuffle=False, verbose=0).history
        return [*history["loss"], *history["mae"], *(w.tolist() for w in model.get_weights())]

    first, prefix = make(), os.path.join(folder, "weights")
    train(first)
    first.save_weights(prefix)
    resumed = make()
    resumed.load_weights(prefix)
    return train(first), train(resumed)
