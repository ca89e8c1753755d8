"""Strategies over one device, as on a machine without or with one GPU, train as no strategy
does.
"""

import contextlib

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.utils.random import set_random_seed

X = np.random.default_rng(0).normal(size=(50, 8)).astype("float32")
Y = X.sum(axis=1)


def trained(strategy=None):
    """History, evaluation, predictions and result of a single batch."""
    set_random_seed(3)
    with strategy.scope() if strategy else contextlib.nullcontext():
        inputs = tfk.Input((8,))
        hidden = tfk.layers.Dropout(0.2)(tfk.layers.Dense(4, activation="relu")(inputs))
        model = tfk.Model(inputs, tfk.layers.Dense(1)(tfk.layers.BatchNormalization()(hidden)))
        model.compile(tfk.optimizers.Adam(1e-2, use_ema=True), "mse", metrics=["mae"])
    history = model.fit(
        X, Y, epochs=2, batch_size=16, verbose=0, validation_data=(X[:20], Y[:20])
    ).history
    figures = [*history.values(), model.evaluate(X, Y, verbose=0), model.train_on_batch(X, Y)]
    return np.concatenate(
        [np.ravel(figure) for figure in [*figures, model.predict(X[:7], verbose=0)]]
    )


@pytest.mark.parametrize(
    "strategy",
    [
        tf.distribute.MirroredStrategy,
        lambda: tf.distribute.OneDeviceStrategy("/cpu:0"),
        tf.distribute.experimental.CentralStorageStrategy,
    ],
    ids=["mirrored", "one_device", "central_storage"],
)
def test_equals_training_without_strategy(strategy):
    np.testing.assert_allclose(trained(strategy()), trained(), rtol=2e-5)
