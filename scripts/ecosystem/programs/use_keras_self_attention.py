"""Additive and multiplicative self-attention over an LSTM."""

import os

os.environ["TF_KERAS"] = "1"
import numpy as np
from keras_self_attention import ScaledDotProductAttention, SeqSelfAttention, SeqWeightedAttention
from tensorflow import keras

x, y = np.random.RandomState(0).randint(1, 50, (32, 12)), np.zeros((32, 12, 1))
for attention in (
    SeqSelfAttention(attention_activation="sigmoid"),
    SeqSelfAttention(
        attention_width=5,
        attention_type=SeqSelfAttention.ATTENTION_TYPE_MUL,
        attention_regularizer_weight=1e-4,
    ),
    ScaledDotProductAttention(),
):
    model = keras.Sequential(
        [
            keras.layers.Embedding(50, 8, mask_zero=True),
            keras.layers.Bidirectional(keras.layers.LSTM(6, return_sequences=True)),
            attention,
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"]
    )
    model.fit(x, y, epochs=1, verbose=0)
inputs = keras.Input((12,))
outputs, weights = SeqWeightedAttention(return_attention=True)(
    keras.layers.Embedding(50, 8, mask_zero=True)(inputs)
)
model = keras.Model(inputs, keras.layers.Dense(1)(outputs))
model.compile("adam", "mse")
model.fit(x, y[:, 0], epochs=1, verbose=0)
model.save("attention.h5")
keras.models.load_model(
    "attention.h5", custom_objects={"SeqWeightedAttention": SeqWeightedAttention}
)
print("ok")
