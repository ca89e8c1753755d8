"""What is timed: data, and the network in Keras's API, for tfk and for tf_keras alike."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf


@dataclasses.dataclass
class Workload:
    """One row of the table.

    Attributes:
        name: Name of the row.
        x, y: Arrays; `y` is None where the model has its own loss.
        batch_size: Samples in a batch.
        build: Function of the Keras module that returns a compiled model.
        epochs: Epochs of one timed fit.
        keras_epochs: Epochs of a fit by tf_keras, whose steps cost the same in short runs; `epochs`
            by default.
        dataset: Whether the arrays come as a `tf.data.Dataset`.
        wanted: How many times faster than tf_keras tfk has to be.
    """

    name: str
    x: np.ndarray
    y: np.ndarray | None
    batch_size: int
    build: Callable
    epochs: int = 1
    keras_epochs: int | None = None
    dataset: bool = False
    wanted: float | None = None

    @property
    def steps(self):
        """Batches in one epoch."""
        return -(-len(self.x) // self.batch_size)

    def fit_arguments(self):
        """The data as arguments of `fit`."""
        if not self.dataset:
            data = {"x": self.x, "batch_size": self.batch_size}
            return data if self.y is None else {**data, "y": self.y}
        arrays = self.x if self.y is None else (self.x, self.y)
        rows = tf.data.Dataset.from_tensor_slices(arrays).shuffle(len(self.x))
        return {"x": rows.batch(self.batch_size).prefetch(tf.data.AUTOTUNE)}


def boston(keras):
    """The regression network of the books: 13-64-64-1."""
    layers = keras.layers
    model = keras.Sequential(
        [layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"), layers.Dense(1)]
    )
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    return model


def imdb(keras):
    """Reviews as rows of word flags: 16-16-1."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Dense(16, activation="relu"),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def mnist_dense(keras):
    """Digits as rows of pixels: 512-10."""
    layers = keras.layers
    model = keras.Sequential(
        [layers.Dense(512, activation="relu"), layers.Dense(10, activation="softmax")]
    )
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def mnist_conv(keras):
    """Two convolutions with pooling, dropout, softmax."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def resnet20(keras):
    """ResNet-20 for 32x32 images (He et al., 2015, section 4.2), with projections where the size
    changes.
    """
    layers = keras.layers

    def convolved(x, filters, size, strides=1):
        return layers.BatchNormalization()(layers.Conv2D(filters, size, strides, padding="same")(x))

    image = keras.Input((32, 32, 3))
    x = layers.Activation("relu")(convolved(image, 16, 3))
    for filters in (16, 32, 64):
        for block in range(3):
            strides = 2 if block == 0 and filters > 16 else 1
            shortcut = layers.Conv2D(filters, 1, strides)(x) if strides == 2 else x
            x = layers.Activation("relu")(convolved(x, filters, 3, strides))
            x = layers.Activation("relu")(layers.Add()([convolved(x, filters, 3), shortcut]))
    output = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(image, output)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def vae(keras):
    """A variational autoencoder with a `train_step` of its own (Kingma and Welling, 2013)."""
    layers = keras.layers

    class VAE(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(256, activation="relu")
            self.mean, self.log_var = layers.Dense(16), layers.Dense(16)
            self.decoder = keras.Sequential(
                [layers.Dense(256, activation="relu"), layers.Dense(784)]
            )
            self.loss_tracker = keras.metrics.Mean(name="loss")
            self.kl_tracker = keras.metrics.Mean(name="kl")

        @property
        def metrics(self):
            return [self.loss_tracker, self.kl_tracker]

        def train_step(self, data):
            x = data[0] if isinstance(data, tuple) else data
            with tf.GradientTape() as tape:
                hidden = self.hidden(x)
                mean, log_var = self.mean(hidden), self.log_var(hidden)
                z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
                logits = self.decoder(z)
                error = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
                kl = tf.reduce_mean(
                    tf.reduce_sum(-0.5 * (1 + log_var - tf.square(mean) - tf.exp(log_var)), axis=1)
                )
                loss = tf.reduce_mean(tf.reduce_sum(error, axis=1)) + kl
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
            self.loss_tracker.update_state(loss)
            self.kl_tracker.update_state(kl)
            return {"loss": self.loss_tracker.result(), "kl": self.kl_tracker.result()}

    model = VAE()
    model.compile(optimizer="adam")
    return model


def workloads():
    """All rows of the table, with the same arrays every time."""
    rng = np.random.default_rng(0)
    houses = rng.normal(size=(404, 13)).astype("float32")
    prices = houses[:, :1] * 2 + 1
    reviews = (rng.random((15000, 1000), dtype="float32") < 0.05).astype("float32")
    opinions = (reviews[:, :20].sum(1, keepdims=True) > 1).astype("float32")
    digits = rng.random((12800, 784), dtype="float32")
    labels = rng.integers(0, 10, 12800).astype("int32")
    images = digits[:2560].reshape(-1, 28, 28, 1)
    photos = rng.random((640, 32, 32, 3), dtype="float32")
    return [
        Workload("Boston network, batch 1", houses, prices, 1, boston, epochs=2, wanted=8),
        Workload(
            "the same, 10,100 steps",
            houses,
            prices,
            1,
            boston,
            epochs=25,
            keras_epochs=3,
            wanted=40,
        ),
        Workload("IMDB dense, batch 512", reviews, opinions, 512, imdb, epochs=3, wanted=1.6),
        Workload("MNIST dense, batch 128", digits, labels, 128, mnist_dense, epochs=2, wanted=2),
        Workload("MNIST conv, batch 128", images, labels[:2560], 128, mnist_conv, wanted=1),
        Workload("ResNet-20, batch 32", photos, labels[:640], 32, resnet20, wanted=1),
        Workload(
            "VAE, custom train_step",
            digits[:6400],
            None,
            128,
            vae,
            epochs=30,
            keras_epochs=5,
            wanted=2,
        ),
        Workload(
            "MNIST dense from tf.data",
            digits,
            labels,
            128,
            mnist_dense,
            epochs=2,
            dataset=True,
            wanted=1.2,
        ),
        Workload(
            "MNIST conv from tf.data",
            images,
            labels[:2560],
            128,
            mnist_conv,
            dataset=True,
            wanted=1,
        ),
    ]


def resnet50(keras):
    """ResNet-50 for 64x64 images (He et al., 2015), the network whose start-up is timed."""
    layers = keras.layers

    def convolved(x, filters, size, strides=1):
        return layers.BatchNormalization()(layers.Conv2D(filters, size, strides, padding="same")(x))

    image = keras.Input((64, 64, 3))
    x = layers.Activation("relu")(convolved(image, 64, 7, 2))
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            strides = 2 if block == 0 and filters > 64 else 1
            shortcut = convolved(x, 4 * filters, 1, strides) if block == 0 else x
            x = layers.Activation("relu")(convolved(x, filters, 1, strides))
            x = layers.Activation("relu")(convolved(x, filters, 3))
            x = layers.Activation("relu")(layers.Add()([convolved(x, 4 * filters, 1), shortcut]))
    output = layers.Dense(1000, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(image, output)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
