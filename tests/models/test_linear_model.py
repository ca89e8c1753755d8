"""LinearModel: inputs of all forms, with the numbers of Keras 2."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk

X = np.random.default_rng(0).random((6, 3), "float32")


@pytest.mark.parametrize(
    "inputs", [X, [X, 2 * X], {"b": X, "a": 3 * X}], ids=["tensor", "list", "dict"]
)
def test_training_equals_that_of_keras(inputs):
    results = []
    for keras in (tfk, tf_keras):
        model = keras.experimental.LinearModel(
            2, "sigmoid", kernel_regularizer="l2", bias_initializer="ones", name="linear"
        )
        model.compile("sgd", "mse")
        history = model.fit(inputs, X[:, :2], epochs=2, shuffle=False, verbose=0).history
        results.append((history["loss"], model.predict(inputs, verbose=0)))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-5)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-5)


def test_configs_and_sparse_input():
    model = tfk.experimental.LinearModel(2, use_bias=False, kernel_initializer="ones")
    copy = tfk.experimental.LinearModel.from_config(model.get_config())
    np.testing.assert_allclose(copy(tf.sparse.from_dense(X)), np.tile(X.sum(1)[:, None], 2), 1e-6)


def test_a_missing_input_is_named():
    model = tfk.experimental.LinearModel()
    model({"a": X, "b": X})
    with pytest.raises(ValueError, match=r"is missing \['b'\]"):
        model({"a": X})
