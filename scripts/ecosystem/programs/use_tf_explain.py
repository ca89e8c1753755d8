"""Explanations as images, and as callbacks."""

import tempfile

import numpy as np
from tensorflow import keras
from tf_explain.callbacks.grad_cam import GradCAMCallback
from tf_explain.core.grad_cam import GradCAM
from tf_explain.core.integrated_gradients import IntegratedGradients
from tf_explain.core.occlusion_sensitivity import OcclusionSensitivity
from tf_explain.core.vanilla_gradients import VanillaGradients

x, y = np.random.RandomState(0).rand(4, 16, 16, 3).astype("float32"), np.eye(3)[[0, 1, 2, 0]]
model = keras.Sequential(
    [
        keras.layers.Conv2D(4, 3, activation="relu", input_shape=(16, 16, 3), name="conv"),
        keras.layers.Flatten(),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile("adam", "categorical_crossentropy")
with tempfile.TemporaryDirectory() as folder:
    model.fit(
        x,
        y,
        epochs=1,
        verbose=0,
        callbacks=[GradCAMCallback((x, y), 0, layer_name="conv", output_dir=folder)],
    )
assert GradCAM().explain((x, y), model, 0, layer_name="conv").ndim == 3
IntegratedGradients().explain((x, y), model, 0, n_steps=3)
VanillaGradients().explain((x, y), model, 0)
OcclusionSensitivity().explain((x[:1], y[:1]), model, 0, 8)
print("ok")
