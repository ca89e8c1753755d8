"""A search over a grid."""

import numpy as np
import talos
from tensorflow import keras

x, y = np.random.rand(40, 4), np.random.randint(0, 2, 40)


def build(x_train, y_train, x_val, y_val, params):
    model = keras.Sequential(
        [
            keras.layers.Dense(params["units"], input_shape=(4,)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["acc"])
    out = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=1, verbose=0)
    return out, model


scan = talos.Scan(x, y, {"units": [2, 4]}, build, "demo", disable_progress_bar=True)
assert len(scan.data) == 2
print("ok")
