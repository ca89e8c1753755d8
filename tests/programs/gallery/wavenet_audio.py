"""Sounds: spectrograms in a layer of one's own, and gated causal convolutions with skips."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, regularizers
from tensorflow.keras.utils import CustomObjectScope, get_custom_objects

rng = np.random.RandomState(0)
time = np.arange(256) / 256
waves = np.stack([np.sin(2 * np.pi * (4 + k % 3 * 8) * time) for k in range(12)]).astype("float32")
waves += rng.normal(0, 0.05, waves.shape).astype("float32")
labels = np.arange(12) % 3


class Spectrogram(layers.Layer):
    def __init__(self, frame=32, step=16, log=True, **kwargs):
        super(Spectrogram, self).__init__(**kwargs)
        self.frame, self.step, self.log = frame, step, log

    def build(self, input_shape):
        self.mel = tf.constant(
            tf.signal.linear_to_mel_weight_matrix(8, self.frame // 2 + 1, 256, 1.0, 120.0)
        )
        super().build(input_shape)

    def call(self, inputs):
        stft = tf.signal.stft(inputs, self.frame, self.step, pad_end=True)
        mel = tf.tensordot(tf.abs(stft), self.mel, 1)
        return tf.math.log(mel + 1e-3) if self.log else mel

    def compute_output_shape(self, input_shape):
        return (input_shape[0], -(-input_shape[1] // self.step), 8)

    def get_config(self):
        config = super().get_config()
        config.update({"frame": self.frame, "step": self.step, "log": self.log})
        return config


def gated_block(x, rate, skips):
    tanh = layers.Conv1D(
        6,
        2,
        padding="causal",
        dilation_rate=rate,
        activation="tanh",
        name=f"tanh_{rate}",
        kernel_regularizer=regularizers.l2(1e-3),
    )(x)
    gate = layers.Conv1D(6, 2, padding="causal", dilation_rate=rate, activation="sigmoid")(x)
    gated = layers.multiply([tanh, gate])
    skip = layers.Conv1D(6, 1)(gated)
    skips.append(skip)
    return layers.add([skip, x])


inputs = layers.Input(shape=(256,), name="wave")
x = Spectrogram(name="spectrogram")(inputs)
x = layers.Conv1D(6, 2, padding="causal")(x)
skips = []
for rate in (1, 2, 4):
    x = gated_block(x, rate, skips)
x = layers.Activation("relu")(layers.add(skips))
x = layers.Activation("selu")(layers.GlobalAveragePooling1D()(x))
outputs = layers.Dense(3, activation="softmax", name="label")(x)
model = models.Model(inputs, outputs, name="wavenet")
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
history = model.fit(waves, labels, batch_size=4, epochs=3, verbose=0, shuffle=False)
get_custom_objects()["Spectrogram"] = Spectrogram
with CustomObjectScope({}):
    model.save("audio.h5")
    loaded = models.load_model("audio.h5")
    copy = models.model_from_json(model.to_json())
copy.set_weights(model.get_weights())
more = loaded.fit(waves, labels, batch_size=4, epochs=1, verbose=0, shuffle=False)
features = models.Model(model.input, model.get_layer("spectrogram").output).predict(
    waves, verbose=0
)
np.savez(
    sys.argv[1],
    **{key: value for key, value in history.history.items()},
    more=more.history["loss"],
    features=features,
    predictions=copy.predict(waves, verbose=0),
    losses=np.array([float(value) for value in model.losses]),
    names=[layer.name for layer in model.layers],
    shapes=[str(layer.output_shape) for layer in model.layers[1:]],
    params=[layer.count_params() for layer in model.layers],
)
