"""Activations and gradients of a network."""

import keract
import numpy as np
from tensorflow import keras

x, y = np.random.rand(2, 8, 8, 1), np.eye(3)[[0, 1]]
model = keras.Sequential(
    [
        keras.layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1), name="conv"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax", name="scores"),
    ]
)
model.compile("adam", "categorical_crossentropy")
activations = keract.get_activations(model, x)
assert activations["conv"].shape == (2, 6, 6, 2) and activations["scores"].shape == (2, 3)
print("ok")
