"""Conversion to ONNX, compared by onnxruntime."""

import numpy as np
import onnxruntime as ort
import tensorflow as tf
import tf2onnx
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.RandomState(0).rand(2, 7, 3).astype("float32")
cases = {
    "dense": [layers.Flatten(), layers.Dense(4, activation="relu"), layers.BatchNormalization()],
    "conv": [
        layers.Conv1D(4, 3, padding="same"),
        layers.MaxPooling1D(),
        layers.GlobalAveragePooling1D(),
    ],
    "lstm": [layers.LSTM(4, return_sequences=True), layers.LSTM(4)],
    "gru": [layers.GRU(4)],
    "simple": [layers.SimpleRNN(4)],
    "bidirectional": [layers.Bidirectional(layers.LSTM(4))],
}
for name, stack in cases.items():
    model = keras.Sequential([keras.Input((7, 3)), *stack])
    model.output_names = ["output"]
    want = model.predict(x, verbose=0)
    spec = (tf.TensorSpec((None, 7, 3), tf.float32, name="x"),)
    proto, _ = tf2onnx.convert.from_keras(model, input_signature=spec, opset=15)
    session = ort.InferenceSession(proto.SerializeToString())
    np.testing.assert_allclose(session.run(None, {"x": x})[0], want, atol=1e-4, err_msg=name)
print("ok")
