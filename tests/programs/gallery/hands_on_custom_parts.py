"""Custom losses, initializers, regularizers, constraints, metrics and layers, saved and loaded."""

import os
import sys
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(11)
X, y = rng.rand(64, 5).astype("float32"), rng.rand(64, 1).astype("float32")


def create_huber(threshold=1.0):
    def huber_fn(y_true, y_pred):
        error = y_true - y_pred
        is_small_error = tf.abs(error) < threshold
        squared_loss = tf.square(error) / 2
        linear_loss = threshold * tf.abs(error) - threshold**2 / 2
        return tf.where(is_small_error, squared_loss, linear_loss)

    return huber_fn


class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        return create_huber(self.threshold)(y_true, y_pred)

    def get_config(self):
        base_config = super().get_config()
        return {**base_config, "threshold": self.threshold}


def my_softplus(z):
    return tf.math.log(tf.exp(z) + 1.0)


def my_glorot_initializer(shape, dtype=tf.float32):
    stddev = tf.sqrt(2.0 / (shape[0] + shape[1]))
    return tf.random.normal(shape, stddev=stddev, dtype=dtype)


class MyL1Regularizer(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weights):
        return tf.reduce_sum(tf.abs(self.factor * weights))

    def get_config(self):
        return {"factor": self.factor}


def my_positive_weights(weights):
    return tf.where(weights < 0.0, tf.zeros_like(weights), weights)


class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold
        self.huber_fn = create_huber(threshold)
        self.total = self.add_weight("total", initializer="zeros")
        self.count = self.add_weight("count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        metric = self.huber_fn(y_true, y_pred)
        self.total.assign_add(tf.reduce_sum(metric))
        self.count.assign_add(tf.cast(tf.size(y_true), tf.float32))

    def result(self):
        return self.total / self.count

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class MyDense(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, batch_input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=[batch_input_shape[-1], self.units], initializer="glorot_normal"
        )
        self.bias = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        super().build(batch_input_shape)

    def call(self, X):
        return self.activation(X @ self.kernel + self.bias)

    def compute_output_shape(self, batch_input_shape):
        return tf.TensorShape(batch_input_shape.as_list()[:-1] + [self.units])

    def get_config(self):
        base_config = super().get_config()
        return {
            **base_config,
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


keras.backend.clear_session()
model = keras.models.Sequential(
    [
        keras.layers.Dense(
            8, activation="selu", kernel_initializer="lecun_normal", input_shape=[5]
        ),
        MyDense(6, activation="relu"),
        keras.layers.Dense(
            1,
            activation=my_softplus,
            kernel_regularizer=MyL1Regularizer(0.01),
            kernel_constraint=my_positive_weights,
            kernel_initializer=my_glorot_initializer,
        ),
    ]
)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(loss=HuberLoss(2.0), optimizer="adam", metrics=["mae", HuberMetric(2.0)])
fit = {"batch_size": 16, "shuffle": False, "verbose": 0, "epochs": 2}
first = model.fit(X, y, validation_data=(X[:8], y[:8]), **fit)
path = os.path.join(tempfile.mkdtemp(), "my_model_with_many_custom_parts.keras")
model.save(path)
model = keras.models.load_model(
    path,
    custom_objects={
        "my_softplus": my_softplus,
        "MyL1Regularizer": MyL1Regularizer,
        "my_positive_weights": my_positive_weights,
        "my_glorot_initializer": my_glorot_initializer,
        "HuberLoss": HuberLoss,
        "HuberMetric": HuberMetric,
        "MyDense": MyDense,
    },
)
second = model.fit(X, y, **fit)
np.savez(
    sys.argv[1],
    threshold=model.loss.threshold,
    names=list(second.history),
    weights=[w.name for w in model.weights if w.name.startswith("dense")],
    prediction=model.predict(X, verbose=0),
    **first.history,
    **{f"second_{key}": value for key, value in second.history.items()},
)
