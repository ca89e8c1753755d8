"""Optimizers of TensorFlow 1 as optimizers of models, against Keras 2."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")
train = tf.compat.v1.train

X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = X[:, :1] * 2


def build(keras, optimizer):
    model = keras.Sequential(
        [keras.layers.Dense(4, activation="tanh", input_shape=(3,)), keras.layers.Dense(1)]
    )
    model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
    model.compile(optimizer, "mse")
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: train.AdamOptimizer(0.01),
        lambda: train.MomentumOptimizer(0.01, 0.9),
        lambda: train.GradientDescentOptimizer(0.01),
        lambda: train.RMSPropOptimizer(0.01),
    ],
)
def test_trains_as_in_keras(make):
    results = []
    for keras in (tfk, tf_keras):
        model = build(keras, make())
        losses = model.fit(X, Y, batch_size=8, epochs=3, verbose=0, shuffle=False).history["loss"]
        assert int(model.optimizer.iterations) == 6
        results.append([losses, *model.get_weights()])
    for mine, theirs in zip(*results):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_is_saved_without_compile_settings(tmp_path):
    model = build(tfk, train.AdamOptimizer(0.01))
    model.fit(X, Y, verbose=0)
    for name in ("model.keras", "model.h5"):
        with pytest.warns(UserWarning, match="saved without its compile settings"):
            model.save(tmp_path / name)
        loaded = tfk.models.load_model(tmp_path / name)
        np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
        assert loaded.optimizer is None


def test_callbacks_of_the_learning_rate_say_what_is_missing():
    model = build(tfk, train.AdamOptimizer(0.01))
    with pytest.raises(ValueError, match="optimizer that has a learning_rate"):
        model.fit(X, Y, verbose=0, callbacks=[tfk.callbacks.ReduceLROnPlateau("loss")])


@pytest.mark.filterwarnings("ignore")
def test_trains_a_model_without_weights():
    model = tfk.Sequential([tfk.layers.Masking(input_shape=(2, 3))])
    model.compile(train.RMSPropOptimizer(0.01), "mse")
    assert model.train_on_batch(np.ones((4, 2, 3)), np.zeros((4, 2, 3))) == 1.0
