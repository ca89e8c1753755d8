"""Models in the format of TensorFlow.js, and back."""

import numpy as np
import tensorflowjs as tfjs
from tensorflow import keras

x = np.random.rand(2, 8, 8, 1).astype("float32")
model = keras.Sequential(
    [
        keras.layers.Conv2D(2, 3, activation="relu", input_shape=(8, 8, 1)),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile("adam", "categorical_crossentropy")
tfjs.converters.save_keras_model(model, "folder")
loaded = tfjs.converters.load_keras_model("folder/model.json")
np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
print("ok")
