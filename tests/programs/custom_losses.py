"""Custom losses and metrics: functions, closures, classes, add_loss and add_metric; kept through a
file.
"""

import os
import sys
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


def dice_coef(y_true, y_pred, smooth=1.0):
    intersection = K.sum(y_true * y_pred, axis=-1)
    return (2.0 * intersection + smooth) / (
        K.sum(y_true, axis=-1) + K.sum(y_pred, axis=-1) + smooth
    )


def dice_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)


def weighted_loss(weight):
    def loss(y_true, y_pred):
        bce = keras.losses.binary_crossentropy(y_true, y_pred)
        return weight * bce + dice_loss(y_true, y_pred)

    return loss


class HuberPlus(keras.losses.Loss):
    def __init__(self, delta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        small = tf.abs(error) <= self.delta
        return tf.reduce_mean(
            tf.where(small, tf.square(error) / 2, self.delta * tf.abs(error) - self.delta**2 / 2),
            axis=-1,
        )

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


class TruePositives(keras.metrics.Metric):
    def __init__(self, name="true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_weight(name="tp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = tf.cast(tf.logical_and(tf.equal(y_true, 1.0), tf.greater(y_pred, 0.5)), self.dtype)
        if sample_weight is not None:
            values = tf.multiply(values, tf.cast(sample_weight, self.dtype))
        self.true_positives.assign_add(tf.reduce_sum(values))

    def result(self):
        return self.true_positives

    def reset_state(self):
        self.true_positives.assign(0.0)


class ActivityPenalty(layers.Layer):
    def call(self, inputs):
        self.add_loss(1e-2 * tf.reduce_sum(inputs))
        self.add_metric(tf.reduce_mean(inputs), name="mean_activity", aggregation="mean")
        return inputs


rng = np.random.RandomState(10)
x = rng.randn(48, 5).astype("float32")
y = (x[:, :3] > 0).astype("float32")


def build(loss):
    inputs = keras.Input((5,))
    h = layers.Dense(
        6, activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=1)
    )(inputs)
    h = ActivityPenalty()(h)
    outputs = layers.Dense(
        3, activation="sigmoid", kernel_initializer=keras.initializers.GlorotUniform(seed=2)
    )(h)
    model = keras.Model(inputs, outputs)
    model.compile("adam", loss, metrics=[dice_coef, TruePositives(), "binary_accuracy"])
    return model


results = {}
for name, loss in {
    "dice": dice_loss,
    "closure": weighted_loss(0.5),
    "class": HuberPlus(0.3),
}.items():
    model = build(loss)
    history = model.fit(x, y, batch_size=12, epochs=2, shuffle=False, verbose=0)
    results.update({name + "_" + key: values for key, values in history.history.items()})

path = os.path.join(tempfile.mkdtemp(), "model.h5")
model.save(path)
objects = {
    "HuberPlus": HuberPlus,
    "TruePositives": TruePositives,
    "ActivityPenalty": ActivityPenalty,
    "dice_coef": dice_coef,
}
loaded = keras.models.load_model(path, custom_objects=objects)
results["before"] = model.predict(x, verbose=0)
results["after"] = loaded.predict(x, verbose=0)
results["goes_on"] = loaded.fit(x, y, batch_size=12, epochs=1, shuffle=False, verbose=0).history[
    "loss"
]
np.savez(sys.argv[1], **results)
