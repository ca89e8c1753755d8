"""Quantized layers, and a model converted to quantized layers."""

import numpy as np
from qkeras import QActivation, QConv2D, QDense, quantized_bits
from qkeras.utils import load_qmodel, model_quantize, model_save_quantized_weights
from tensorflow.keras.layers import Activation, Dense, Flatten, Input
from tensorflow.keras.models import Model, Sequential

x, y = np.random.RandomState(0).rand(32, 8, 8, 1), np.zeros(32)
inputs = t = Input((8, 8, 1))
t = QConv2D(4, 3, kernel_quantizer=quantized_bits(4, 0, 1), bias_quantizer=quantized_bits(4))(t)
t = QActivation("quantized_relu(4)")(t)
t = Flatten()(t)
t = QDense(3, kernel_quantizer="quantized_po2(4)", bias_quantizer=quantized_bits(4))(t)
model = Model(inputs, Activation("softmax")(t))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=1, verbose=0)
model.save("q.h5")
again = load_qmodel("q.h5")
np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5)
assert model_save_quantized_weights(model)
plain = Sequential([Dense(4, activation="relu", input_shape=(3,), name="d0"), Dense(2, name="d1")])
q = model_quantize(
    plain,
    {
        "QDense": {
            "kernel_quantizer": "quantized_bits(4,0,1)",
            "bias_quantizer": "quantized_bits(4)",
        }
    },
    4,
)
assert q.layers[0].__class__.__name__ == "QDense"
print("ok")
