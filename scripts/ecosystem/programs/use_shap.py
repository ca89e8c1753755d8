"""Explainers for a Keras model."""

import numpy as np
import shap
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(100, 5).astype("float32"), rng.rand(100)
model = keras.Sequential(
    [keras.Input((5,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
)
model.compile("adam", "mse")
model.fit(x, y, epochs=1, verbose=0)
values = shap.GradientExplainer(model, x[:20]).shap_values(x[:3])
assert np.asarray(values).size == 15
values = shap.DeepExplainer(model, x[:20]).shap_values(x[:3])
total = np.asarray(values).reshape(3, 5).sum(1)
expected = model.predict(x[:3], verbose=0)[:, 0] - model.predict(x[:20], verbose=0).mean()
np.testing.assert_allclose(total, expected, atol=1e-3)
shap.KernelExplainer(lambda a: model.predict(a, verbose=0)[:, 0], x[:10]).shap_values(
    x[:2], silent=True
)
image = keras.Sequential(
    [
        keras.layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
pictures = rng.rand(10, 8, 8, 1).astype("float32")
assert np.asarray(shap.DeepExplainer(image, pictures).shap_values(pictures[:2])).size == 2 * 64 * 3
print("ok")
