"""Denoising diffusion with an exponential moving average of the network, on fixed noise."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(3)
embedding_dims = 8


def sinusoidal_embedding(x):
    frequencies = tf.exp(tf.linspace(tf.math.log(1.0), tf.math.log(100.0), embedding_dims // 2))
    angular_speeds = 2.0 * 3.14159 * frequencies
    return tf.concat([tf.sin(angular_speeds * x), tf.cos(angular_speeds * x)], axis=3)


def residual_block(width):
    def apply(x):
        input_width = x.shape[3]
        residual = x if input_width == width else layers.Conv2D(width, kernel_size=1)(x)
        x = layers.BatchNormalization(center=False, scale=False)(x)
        x = layers.Conv2D(width, kernel_size=3, padding="same", activation=keras.activations.swish)(
            x
        )
        return layers.Add()([x, residual])

    return apply


def get_network(image_size, width):
    noisy_images = keras.Input(shape=(image_size, image_size, 3))
    noise_variances = keras.Input(shape=(1, 1, 1))
    e = layers.Lambda(sinusoidal_embedding)(noise_variances)
    e = layers.UpSampling2D(size=image_size, interpolation="nearest")(e)
    x = layers.Conv2D(width, kernel_size=1)(noisy_images)
    x = layers.Concatenate()([x, e])
    x = residual_block(width)(x)
    x = layers.Conv2D(3, kernel_size=1, kernel_initializer="zeros")(x)
    return keras.Model([noisy_images, noise_variances], x, name="residual_unet")


class DiffusionModel(keras.Model):
    def __init__(self, image_size, width):
        super().__init__()
        self.normalizer = layers.Normalization()
        self.network = get_network(image_size, width)
        self.ema_network = keras.models.clone_model(self.network)

    def compile(self, **kwargs):
        super().compile(**kwargs)
        self.noise_loss_tracker = keras.metrics.Mean(name="n_loss")

    @property
    def metrics(self):
        return [self.noise_loss_tracker]

    def train_step(self, data):
        images, noises, times = data
        images = self.normalizer(images, training=True)
        angles = 0.3 + times * 1.2
        signal_rates, noise_rates = tf.cos(angles), tf.sin(angles)
        noisy_images = signal_rates * images + noise_rates * noises
        with tf.GradientTape() as tape:
            pred_noises = self.network([noisy_images, noise_rates**2], training=True)
            noise_loss = self.loss(noises, pred_noises)
        gradients = tape.gradient(noise_loss, self.network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_weights))
        self.noise_loss_tracker.update_state(noise_loss)
        for weight, ema_weight in zip(self.network.weights, self.ema_network.weights):
            ema_weight.assign(0.9 * ema_weight + 0.1 * weight)
        return {m.name: m.result() for m in self.metrics}


images = rng.rand(16, 8, 8, 3).astype("float32")
noises = rng.normal(size=(16, 8, 8, 3)).astype("float32")
times = rng.rand(16, 1, 1, 1).astype("float32")
model = DiffusionModel(8, 6)
weights = [rng.normal(0, 0.2, w.shape) for w in model.network.get_weights()]
weights = [abs(w) for w in weights]
model.network.set_weights(weights)
model.ema_network.set_weights(weights)
model.normalizer.adapt(images)
model.compile(
    optimizer=keras.optimizers.experimental.AdamW(learning_rate=1e-3, weight_decay=1e-4),
    loss=keras.losses.mean_absolute_error,
)
data = tf.data.Dataset.from_tensor_slices((images, noises, times)).batch(8)
history = model.fit(data, epochs=3, verbose=0)
np.savez(
    sys.argv[1],
    loss=history.history["n_loss"],
    ema=np.concatenate([w.ravel() for w in model.ema_network.get_weights()]),
)
