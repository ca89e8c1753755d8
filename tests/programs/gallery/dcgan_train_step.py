"""DCGAN: an overridden train_step with two optimizers, and a conditional critic of images."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(0)
images = rng.uniform(-1, 1, (16, 8, 8, 1)).astype("float32")
latent_dim = 6

discriminator = keras.Sequential(
    [
        keras.Input(shape=(8, 8, 1)),
        layers.Conv2D(4, kernel_size=4, strides=2, padding="same"),
        layers.LeakyReLU(alpha=0.2),
        layers.Conv2D(8, kernel_size=4, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.8),
        layers.LeakyReLU(0.2),
        layers.Flatten(),
        layers.Dropout(0.0),
        layers.Dense(1, activation="sigmoid"),
    ],
    name="discriminator",
)
generator = keras.Sequential(name="generator")
generator.add(layers.Dense(2 * 2 * 4, input_shape=(latent_dim,)))
generator.add(layers.Reshape((2, 2, 4)))
generator.add(layers.Conv2DTranspose(8, kernel_size=4, strides=2, padding="same"))
generator.add(layers.BatchNormalization())
generator.add(layers.ReLU(max_value=6.0, negative_slope=0.1))
generator.add(layers.UpSampling2D(interpolation="bilinear"))
generator.add(layers.Conv2D(1, kernel_size=5, padding="same", activation="tanh"))
for net in (discriminator, generator):
    net.set_weights(
        [
            np.abs(rng.normal(0, 0.2, w.shape)) + 0.01
            if len(w.shape) == 1
            else rng.normal(0, 0.2, w.shape)
            for w in net.get_weights()
        ]
    )


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn
        self.d_loss_metric = keras.metrics.Mean(name="d_loss")
        self.g_loss_metric = keras.metrics.Mean(name="g_loss")

    @property
    def metrics(self):
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, real_images):
        if isinstance(real_images, tuple):
            real_images = real_images[0]
        batch_size = tf.shape(real_images)[0]
        noise = tf.reshape(tf.range(batch_size * self.latent_dim), (batch_size, self.latent_dim))
        noise = tf.sin(tf.cast(noise, tf.float32))
        generated = self.generator(noise)
        combined = tf.concat([generated, real_images], axis=0)
        labels = tf.concat([tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))], axis=0)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(combined, training=True)
            d_loss = self.loss_fn(labels, predictions)
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))
        misleading = tf.zeros((batch_size, 1))
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.generator(noise, training=True))
            g_loss = self.loss_fn(misleading, predictions)
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


class GANMonitor(keras.callbacks.Callback):
    def __init__(self, num_img=2, latent_dim=6):
        self.num_img, self.latent_dim, self.pictures = num_img, latent_dim, []

    def on_epoch_end(self, epoch, logs=None):
        generated = self.model.generator(tf.ones((self.num_img, self.latent_dim)))
        generated = (generated * 127.5) + 127.5
        self.pictures.append(keras.preprocessing.image.img_to_array(generated[0].numpy()))


gan = GAN(discriminator=discriminator, generator=generator, latent_dim=latent_dim)
gan.compile(
    d_optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.5),
    g_optimizer=keras.optimizers.legacy.Adam(learning_rate=0.001, beta_1=0.5),
    loss_fn=keras.losses.BinaryCrossentropy(),
)
monitor = GANMonitor()
dataset = tf.data.Dataset.from_tensor_slices(images).batch(8)
history = gan.fit(dataset, epochs=2, callbacks=[monitor], verbose=0)
more = gan.fit(images, batch_size=8, epochs=1, verbose=0, shuffle=False)
gan.generator.save_weights("generator.h5")
gan.save_weights("gan_checkpoint")
np.savez(
    sys.argv[1],
    d_loss=history.history["d_loss"] + more.history["d_loss"],
    g_loss=history.history["g_loss"] + more.history["g_loss"],
    pictures=monitor.pictures,
    moving=discriminator.layers[3].moving_mean.numpy(),
    iterations=[gan.d_optimizer.iterations.numpy(), gan.g_optimizer.iterations.numpy()],
    generated=generator.predict(np.ones((3, latent_dim)), verbose=0),
    names=[w.name for w in gan.weights],
)
