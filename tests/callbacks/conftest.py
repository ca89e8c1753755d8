"""A model and a training loop that follow a script, to test callbacks without the engine."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tfk.callbacks import CallbackList


class ScriptedOptimizer:
    """An optimizer with nothing but a learning rate, in float32 as the real ones."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def __setattr__(self, name, value):
        super().__setattr__(name, np.float32(value))


class ScriptedModel:
    """Has what callbacks touch; every "step" adds 1 to its only weight."""

    def __init__(self, learning_rate=0.1):
        self.weight = tf.Variable([0.0], name="dense/kernel")
        self.layers = [types.SimpleNamespace(name="dense", weights=[self.weight])]
        self.metrics = []
        self.optimizer = ScriptedOptimizer(learning_rate)
        self.stop_training = False
        self.fit_position = types.SimpleNamespace(last_batches=list)
        self.history = None
        self.saved = []

    def get_weights(self):
        return [self.weight.numpy()]

    def set_weights(self, weights):
        self.weight.assign(weights[0])


@pytest.fixture
def model():
    return ScriptedModel()


@pytest.fixture
def run():
    """Function `run(callbacks, epochs, model, batches=())`: `fit` with the given logs of epochs and
    batches.

    `kind` is the class of the list of callbacks, ours or Keras's.
    """

    def run(callbacks, epochs, model, batches=(), kind=CallbackList):
        callbacks = kind(
            callbacks,
            add_history=True,
            model=model,
            epochs=len(epochs),
            steps=len(batches) or None,
            verbose=0,
        )
        model.stop_training = False
        callbacks.on_train_begin()
        for epoch, logs in enumerate(epochs):
            callbacks.on_epoch_begin(epoch)
            for batch, batch_logs in enumerate(batches):
                callbacks.on_train_batch_begin(batch)
                callbacks.on_train_batch_end(batch, batch_logs)
                if model.stop_training:
                    break
            model.weight.assign_add([1.0])
            callbacks.on_epoch_end(epoch, dict(logs))
            if model.stop_training:
                break
        callbacks.on_train_end(logs)
        return model.history

    return run
