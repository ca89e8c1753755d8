"""SharpnessAwareMinimization: the training of Keras 2, and files."""

import numpy as np
import pytest
import tf_keras

import tfk

X = np.random.default_rng(0).random((8, 3), "float32")
Y = X.sum(1, keepdims=True)


def trained(keras, splits):
    inner = keras.Sequential(
        [keras.layers.Dense(2, "tanh", input_shape=(3,)), keras.layers.Dense(1)]
    )
    inner.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in inner.get_weights()])
    model = keras.models.experimental.SharpnessAwareMinimization(
        inner, rho=0.1, num_batch_splits=splits
    )
    model.compile("sgd", "mse", metrics=["mae"])
    return model, model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history


@pytest.mark.parametrize("splits", [None, 2])
def test_training_equals_that_of_keras(splits):
    (ours, history), (theirs, expected) = trained(tfk, splits), trained(tf_keras, splits)
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4)
    for weight, wanted in zip(ours.get_weights(), theirs.get_weights()):
        np.testing.assert_allclose(weight, wanted, rtol=1e-4, atol=1e-6)


def test_files_keep_the_settings(tmp_path):
    model, _ = trained(tfk, 2)
    model.save(tmp_path / "model.keras")
    loaded = tfk.models.load_model(tmp_path / "model.keras")
    assert (loaded.rho, loaded.num_batch_splits) == (0.1, 2)
    np.testing.assert_allclose(loaded(X), model(X), rtol=1e-6)


def test_yaml_is_refused():
    with pytest.raises(RuntimeError, match="model_from_json"):
        tfk.models.model_from_yaml("a: 1")
