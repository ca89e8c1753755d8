"""WideDeepModel: one and two optimizers, with the numbers of Keras 2, and files."""

import numpy as np
import pytest
import tf_keras

import tfk

X = np.random.default_rng(0).random((8, 3), "float32")


@pytest.mark.parametrize("optimizers", ["sgd", ("sgd", "adam")], ids=["one", "two"])
def test_training_equals_that_of_keras(optimizers, tmp_path):
    results = []
    for keras in (tfk, tf_keras):
        deep = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones")])
        model = keras.experimental.WideDeepModel(
            keras.experimental.LinearModel(), deep, activation="tanh"
        )
        chosen = optimizers
        if optimizers != "sgd":
            chosen = [keras.optimizers.get(name) for name in optimizers]
        model.compile(chosen, "mse", metrics=["mae"])
        history = model.fit([X, 2 * X], X[:, :1], 4, 2, shuffle=False, verbose=0).history
        results.append((history["loss"], history["mae"], model.predict([X, X], verbose=0)))
        if keras is tfk and optimizers == "sgd":
            model.save(tmp_path / "model.keras")
            loaded = tfk.models.load_model(tmp_path / "model.keras")
            np.testing.assert_allclose(loaded.predict([X, X], verbose=0), results[0][2], 1e-6)
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)
