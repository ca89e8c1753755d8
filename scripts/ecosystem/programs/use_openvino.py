"""Models converted to OpenVINO give the same numbers."""

import numpy as np
import openvino
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.RandomState(0).rand(2, 7, 3).astype("float32")
cases = {
    "dense": [layers.Flatten(), layers.Dense(4, activation="relu"), layers.BatchNormalization()],
    "conv": [layers.Conv1D(4, 3, padding="same"), layers.GlobalAveragePooling1D()],
    "lstm": [layers.LSTM(4, return_sequences=True), layers.LSTM(4)],
    "gru": [layers.GRU(4)],
    "bidirectional": [layers.Bidirectional(layers.LSTM(4))],
}
exact = {"INFERENCE_PRECISION_HINT": "f32"}
for name, stack in cases.items():
    model = keras.Sequential([keras.Input((7, 3)), *stack])
    want = model.predict(x, verbose=0)
    compiled = openvino.compile_model(openvino.convert_model(model), "CPU", exact)
    np.testing.assert_allclose(compiled(x)[0], want, atol=1e-4, err_msg=name)
model.export("folder")
compiled = openvino.compile_model(openvino.convert_model("folder"), "CPU", exact)
np.testing.assert_allclose(compiled(x)[0], want, atol=1e-4)
print("ok")
