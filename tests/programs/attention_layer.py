"""A classifier of sequences with the attention layer of many posts: K functions in a layer of one's
own, saved as .h5.
"""

import os
import sys
import tempfile

import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.callbacks import LearningRateScheduler
from tensorflow.keras.initializers import GlorotUniform, Orthogonal
from tensorflow.keras.layers import LSTM, Bidirectional, Dense, Input, Layer
from tensorflow.keras.models import Model, load_model
from tensorflow.keras.optimizers import Adam


class Attention(Layer):
    def __init__(self, **kwargs):
        super(Attention, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(
            name="att_weight",
            shape=(input_shape[-1], 1),
            initializer=GlorotUniform(seed=3),
            trainable=True,
        )
        self.b = self.add_weight(
            name="att_bias", shape=(input_shape[1], 1), initializer="zeros", trainable=True
        )
        super(Attention, self).build(input_shape)

    def call(self, x):
        e = K.squeeze(K.tanh(K.dot(x, self.W) + self.b), axis=-1)
        a = K.expand_dims(K.softmax(e), axis=-1)
        return K.sum(x * a, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])

    def get_config(self):
        return super(Attention, self).get_config()


rng = np.random.RandomState(7)
x = rng.rand(24, 6, 3).astype("float32")
y = (x[:, 2, 0] > 0.5).astype("float32")

inputs = Input(shape=(6, 3))
lstm = LSTM(
    4,
    return_sequences=True,
    kernel_initializer=GlorotUniform(seed=1),
    recurrent_initializer=Orthogonal(seed=2),
)
h = Bidirectional(lstm)(inputs)
h = Attention()(h)
outputs = Dense(1, activation="sigmoid", kernel_initializer=GlorotUniform(seed=4))(h)
model = Model(inputs=inputs, outputs=outputs)
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.01), metrics=["accuracy"])
model.summary(line_length=80, positions=[0.4, 0.6, 0.8, 1.0])
history = model.fit(
    x,
    y,
    batch_size=8,
    epochs=4,
    shuffle=False,
    validation_data=(x, y),
    verbose=0,
    callbacks=[LearningRateScheduler(lambda epoch, lr: lr * 0.9)],
)

path = os.path.join(tempfile.mkdtemp(), "attention.h5")
model.save(path)
loaded = load_model(path, custom_objects={"Attention": Attention})

np.savez(
    sys.argv[1],
    loss=history.history["loss"],
    val_loss=history.history["val_loss"],
    lr=history.history["lr"],
    predictions=loaded.predict(x, verbose=0),
    same=np.allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0)),
)
