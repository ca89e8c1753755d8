"""A GAN as a Model with its own compile and train_step, two optimizers, metrics and a monitor
callback.
"""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

latent_dim = 4


def init(seed):
    return keras.initializers.RandomUniform(-0.3, 0.3, seed=seed)


discriminator = keras.Sequential(
    [
        keras.Input(shape=(8, 8, 1)),
        layers.Conv2D(4, kernel_size=4, strides=2, padding="same", kernel_initializer=init(1)),
        layers.LeakyReLU(alpha=0.2),
        layers.Flatten(),
        layers.Dense(1, activation="sigmoid", kernel_initializer=init(2)),
    ],
    name="discriminator",
)
generator = keras.Sequential(
    [
        keras.Input(shape=(latent_dim,)),
        layers.Dense(4 * 4 * 4, kernel_initializer=init(3)),
        layers.Reshape((4, 4, 4)),
        layers.Conv2DTranspose(
            4, kernel_size=4, strides=2, padding="same", kernel_initializer=init(4)
        ),
        layers.LeakyReLU(alpha=0.2),
        layers.Conv2D(
            1, kernel_size=5, padding="same", activation="sigmoid", kernel_initializer=init(5)
        ),
    ],
    name="generator",
)


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.step = tf.Variable(0, dtype=tf.int32, trainable=False)

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def noise(self, batch_size):
        self.step.assign_add(1)
        return tf.random.stateless_normal(
            (batch_size, self.latent_dim), seed=tf.stack([1, self.step])
        )

    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        generated_images = self.generator(self.noise(batch_size))
        combined_images = tf.concat([generated_images, real_images], axis=0)
        labels = tf.concat([tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))], axis=0)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(combined_images)
            d_loss = self.loss_fn(labels, predictions)
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))

        misleading_labels = tf.zeros((batch_size, 1))
        random_latent_vectors = self.noise(batch_size)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.generator(random_latent_vectors))
            g_loss = self.loss_fn(misleading_labels, predictions)
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))

        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


class GANMonitor(keras.callbacks.Callback):
    def __init__(self, num_img=2):
        self.num_img = num_img
        self.images = []

    def on_epoch_end(self, epoch, logs=None):
        latent = tf.random.stateless_normal((self.num_img, latent_dim), seed=[0, epoch])
        self.images.append(self.model.generator(latent).numpy())


images = np.random.RandomState(4).rand(40, 8, 8, 1).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices(images).batch(10)
gan = GAN(discriminator=discriminator, generator=generator, latent_dim=latent_dim)
gan.compile(
    d_optimizer=keras.optimizers.Adam(learning_rate=0.003),
    g_optimizer=keras.optimizers.Adam(learning_rate=0.003),
    loss_fn=keras.losses.BinaryCrossentropy(),
)
monitor = GANMonitor()
history = gan.fit(dataset, epochs=2, callbacks=[monitor], verbose=0)

np.savez(
    sys.argv[1],
    d_loss=history.history["d_loss"],
    g_loss=history.history["g_loss"],
    images=monitor.images,
)
