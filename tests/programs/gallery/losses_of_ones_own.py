"""Losses as closures, classes and K functions: focal, dice, quantiles, mixtures; saved models."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Concatenate, Dense, Input
from tensorflow.keras.models import Model, load_model

rng = np.random.RandomState(0)
x = rng.normal(size=(30, 4)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
values = (x[:, 1:2] * 2 + 1).astype("float32")


def binary_focal_loss(gamma=2.0, alpha=0.25):
    def binary_focal_loss_fixed(y_true, y_pred):
        y_true = tf.cast(y_true, tf.float32)
        epsilon = K.epsilon()
        y_pred = K.clip(y_pred, epsilon, 1.0 - epsilon)
        p_t = tf.where(K.equal(y_true, 1), y_pred, 1 - y_pred)
        alpha_factor = K.ones_like(y_true) * alpha
        alpha_t = tf.where(K.equal(y_true, 1), alpha_factor, 1 - alpha_factor)
        weight = alpha_t * K.pow((1 - p_t), gamma)
        return K.mean(K.sum(weight * -K.log(p_t), axis=1))

    return binary_focal_loss_fixed


def dice_coef(y_true, y_pred, smooth=1):
    y_true_f, y_pred_f = K.flatten(y_true), K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2.0 * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def tilted_loss(q):
    return lambda y, f: K.mean(K.maximum(q * (y - f), (q - 1) * (y - f)), axis=-1)


class WeightedHuber(keras.losses.Loss):
    def __init__(self, delta=1.0, reduction=keras.losses.Reduction.AUTO, name="weighted_huber"):
        super().__init__(reduction=reduction, name=name)
        self.delta = delta

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        small = tf.abs(error) < self.delta
        return tf.where(small, tf.square(error) / 2, self.delta * tf.abs(error) - 0.5)

    def get_config(self):
        return {**super().get_config(), "delta": self.delta}


def mixture_nll(y, parameters):
    weights, means, scales = tf.split(parameters, 3, axis=-1)
    scores = K.softmax(weights) * K.exp(-0.5 * K.square((y - means) / scales)) / scales
    return -K.log(K.sum(scores, axis=-1) + 1e-8)


def network(units, activation=None):
    inputs = Input((4,))
    hidden = Dense(5, activation="tanh")(inputs)
    outputs = Dense(units, activation=activation, name="out")(hidden)
    model = Model(inputs, outputs)
    model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return model


results = {}
focal = network(1, "sigmoid")
focal.compile("adam", loss=[binary_focal_loss(alpha=0.3)], metrics=[dice_coef, "AUC"])
history = focal.fit(x, y, 10, 2, 0, shuffle=False, sample_weight=rng.rand(30))
results["focal"] = [history.history[k] for k in ("loss", "dice_coef")]
dice = network(1, "sigmoid")
dice.compile("rmsprop", loss=lambda t, p: 1 - dice_coef(t, p))
results["dice"] = dice.fit(x, y, 10, 2, 0, shuffle=False).history["loss"]
for q in (0.1, 0.9):
    model = network(1)
    model.compile(loss=tilted_loss(q), optimizer=keras.optimizers.Adadelta(1.0, rho=0.9))
    results[f"tilted_{q}"] = model.fit(x, values, 10, 2, 0, shuffle=False).history["loss"]

huber = network(1)
huber.compile(
    "sgd", WeightedHuber(0.7), metrics=[keras.metrics.RootMeanSquaredError(), "cosine_similarity"]
)
results["huber"] = huber.fit(x, values, 10, 2, 0, shuffle=False).history["loss"]
for path in ("huber.h5", "huber_folder", "huber.keras"):
    huber.save(path)
    again = load_model(path, custom_objects={"WeightedHuber": WeightedHuber})
    results[path] = again.evaluate(x, values, verbose=0)
    results[path + "_delta"] = getattr(again.loss, "delta", 0.7)

inputs = Input((4,))
hidden = Dense(6, "elu")(inputs)
mixture = Model(
    inputs,
    Concatenate()(
        [Dense(2)(hidden), Dense(2)(hidden), Dense(2, lambda t: tf.nn.elu(t) + 1.1)(hidden)]
    ),
)
mixture.set_weights([rng.normal(0, 0.4, w.shape) for w in mixture.get_weights()])
mixture.compile("adam", mixture_nll)
results["mixture"] = mixture.fit(x, values, 10, 3, 0, shuffle=False).history["loss"]

loss_fn = keras.losses.MeanAbsoluteError(reduction=keras.losses.Reduction.NONE)
results["none"] = loss_fn(values, huber(x))
results["sum"] = keras.losses.CategoricalHinge(reduction="sum")([[0.0, 1.0]], [[0.3, 0.8]])
results["weighted"] = keras.losses.LogCosh()(values, huber(x), sample_weight=np.arange(30.0))
results["functions"] = [
    float(tf.reduce_mean(function(y, focal(x))))
    for function in (
        keras.losses.mse,
        keras.losses.MAE,
        keras.losses.mape,
        keras.losses.msle,
        keras.losses.kld,
        keras.losses.poisson,
        keras.losses.hinge,
        keras.losses.squared_hinge,
        keras.losses.log_cosh,
        keras.losses.cosine_similarity,
        keras.losses.binary_crossentropy,
        keras.losses.huber,
        keras.losses.binary_focal_crossentropy,
        keras.metrics.binary_accuracy,
        keras.losses.get("logcosh"),
    )
]
np.savez(sys.argv[1], **results)
