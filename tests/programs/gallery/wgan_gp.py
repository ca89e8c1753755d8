"""A Wasserstein GAN with gradient penalty and two optimizers, on fixed noise."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(7)


def conv_block(x, filters, activation, use_bn=False):
    x = layers.Conv2D(filters, (3, 3), strides=(2, 2), padding="same", use_bias=True)(x)
    if use_bn:
        x = layers.BatchNormalization()(x)
    return activation(x)


img = layers.Input(shape=(8, 8, 1))
x = layers.ZeroPadding2D((2, 2))(img)
x = conv_block(x, 4, layers.LeakyReLU(0.2))
x = conv_block(x, 8, layers.LeakyReLU(0.2))
discriminator = keras.models.Model(img, layers.Dense(1)(layers.Flatten()(x)), name="discriminator")
noise = layers.Input(shape=(6,))
x = layers.Dense(4 * 4 * 4, use_bias=False)(noise)
x = layers.BatchNormalization()(x)
x = layers.Reshape((4, 4, 4))(layers.LeakyReLU(0.2)(x))
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(1, 3, padding="same", use_bias=False, activation="tanh")(x)
generator = keras.models.Model(noise, x, name="generator")
for model in (discriminator, generator):
    model.set_weights([np.abs(rng.normal(0, 0.2, w.shape)) for w in model.get_weights()])


class WGAN(keras.Model):
    def __init__(self, discriminator, generator, gp_weight=10.0):
        super().__init__()
        self.discriminator, self.generator, self.gp_weight = discriminator, generator, gp_weight

    def compile(self, d_optimizer, g_optimizer, d_loss_fn, g_loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.d_loss_fn, self.g_loss_fn = d_loss_fn, g_loss_fn

    def gradient_penalty(self, real_images, fake_images):
        interpolated = real_images + 0.3 * (fake_images - real_images)
        with tf.GradientTape() as gp_tape:
            gp_tape.watch(interpolated)
            pred = self.discriminator(interpolated, training=True)
        grads = gp_tape.gradient(pred, [interpolated])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=[1, 2, 3]))
        return tf.reduce_mean((norm - 1.0) ** 2)

    def train_step(self, data):
        real_images, noise = data
        if isinstance(real_images, tuple):
            real_images = real_images[0]
        for i in range(2):
            with tf.GradientTape() as tape:
                fake_images = self.generator(noise, training=True)
                fake_logits = self.discriminator(fake_images, training=True)
                real_logits = self.discriminator(real_images, training=True)
                d_cost = self.d_loss_fn(real_img=real_logits, fake_img=fake_logits)
                d_loss = d_cost + self.gradient_penalty(real_images, fake_images) * self.gp_weight
            d_gradient = tape.gradient(d_loss, self.discriminator.trainable_variables)
            self.d_optimizer.apply_gradients(
                zip(d_gradient, self.discriminator.trainable_variables)
            )
        with tf.GradientTape() as tape:
            generated_images = self.generator(noise, training=True)
            g_loss = self.g_loss_fn(self.discriminator(generated_images, training=True))
        gen_gradient = tape.gradient(g_loss, self.generator.trainable_variables)
        self.g_optimizer.apply_gradients(zip(gen_gradient, self.generator.trainable_variables))
        return {"d_loss": d_loss, "g_loss": g_loss}


class Monitor(keras.callbacks.Callback):
    seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(self.model.generator(fixed).numpy().mean())


fixed = tf.constant(rng.normal(size=(3, 6)), tf.float32)
wgan = WGAN(discriminator, generator)
wgan.compile(
    d_optimizer=keras.optimizers.Adam(0.0002, beta_1=0.5, beta_2=0.9),
    g_optimizer=keras.optimizers.Adam(0.0002, beta_1=0.5, beta_2=0.9),
    d_loss_fn=lambda real_img, fake_img: tf.reduce_mean(fake_img) - tf.reduce_mean(real_img),
    g_loss_fn=lambda fake_img: -tf.reduce_mean(fake_img),
)
images = rng.rand(16, 8, 8, 1).astype("float32")
noises = rng.normal(size=(16, 6)).astype("float32")
history = wgan.fit(
    images, noises, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=[Monitor()]
)
np.savez(
    sys.argv[1], seen=Monitor.seen, made=generator.predict(noises, verbose=0), **history.history
)
