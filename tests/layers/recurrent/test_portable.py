"""Recurrent models in LiteRT, on its built-in operations alone."""

import numpy as np
import pytest
import tensorflow as tf

from tfk import layers, models

X = np.random.default_rng(0).normal(size=(1, 6, 3)).astype("float32")


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        lambda: layers.GRU(3, return_sequences=True),
        lambda: layers.RNN([layers.LSTMCell(3), layers.SimpleRNNCell(2)]),
    ],
)
def test_same_numbers(tmp_path, make):
    model = models.Sequential([layers.Input((6, 3)), make(), layers.Dense(2)])
    path = str(tmp_path / "model.tflite")
    model.export(path, format="tflite")
    interpreter = tf.lite.Interpreter(path)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], X)
    interpreter.invoke()
    found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(found, model(X), atol=1e-5)
