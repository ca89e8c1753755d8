"""A VQ-VAE: a codebook layer with losses of its own and a straight-through estimate."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(10)


class VectorQuantizer(layers.Layer):
    def __init__(self, num_embeddings, embedding_dim, beta=0.25, **kwargs):
        super().__init__(**kwargs)
        self.embedding_dim = embedding_dim
        self.num_embeddings = num_embeddings
        self.beta = beta
        w_init = tf.random_uniform_initializer()
        self.embeddings = tf.Variable(
            initial_value=w_init(shape=(embedding_dim, num_embeddings), dtype="float32"),
            trainable=True,
            name="embeddings_vqvae",
        )

    def call(self, x):
        input_shape = tf.shape(x)
        flattened = tf.reshape(x, [-1, self.embedding_dim])
        encoding_indices = self.get_code_indices(flattened)
        encodings = tf.one_hot(encoding_indices, self.num_embeddings)
        quantized = tf.matmul(encodings, self.embeddings, transpose_b=True)
        quantized = tf.reshape(quantized, input_shape)
        commitment_loss = tf.reduce_mean((tf.stop_gradient(quantized) - x) ** 2)
        codebook_loss = tf.reduce_mean((quantized - tf.stop_gradient(x)) ** 2)
        self.add_loss(self.beta * commitment_loss + codebook_loss)
        return x + tf.stop_gradient(quantized - x)

    def get_code_indices(self, flattened_inputs):
        similarity = tf.matmul(flattened_inputs, self.embeddings)
        distances = (
            tf.reduce_sum(flattened_inputs**2, axis=1, keepdims=True)
            + tf.reduce_sum(self.embeddings**2, axis=0)
            - 2 * similarity
        )
        return tf.argmin(distances, axis=1)


def get_encoder(latent_dim=4):
    encoder_inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(6, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
    return keras.Model(
        encoder_inputs, layers.Conv2D(latent_dim, 1, padding="same")(x), name="encoder"
    )


def get_decoder(latent_dim=4):
    latent_inputs = keras.Input(shape=get_encoder(latent_dim).output.shape[1:])
    x = layers.Conv2DTranspose(6, 3, activation="relu", strides=2, padding="same")(latent_inputs)
    return keras.Model(
        latent_inputs, layers.Conv2DTranspose(1, 3, padding="same")(x), name="decoder"
    )


inputs = keras.Input(shape=(8, 8, 1))
quantizer = VectorQuantizer(5, 4, name="vector_quantizer")
encoder, decoder = get_encoder(), get_decoder()
vqvae = keras.Model(inputs, decoder(quantizer(encoder(inputs))), name="vq_vae")


class VQVAETrainer(keras.models.Model):
    def __init__(self, vqvae, train_variance, **kwargs):
        super().__init__(**kwargs)
        self.vqvae, self.train_variance = vqvae, train_variance
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.vq_loss_tracker = keras.metrics.Mean(name="vq_loss")

    @property
    def metrics(self):
        return [self.total_loss_tracker, self.vq_loss_tracker]

    def train_step(self, x):
        with tf.GradientTape() as tape:
            reconstructions = self.vqvae(x)
            reconstruction_loss = tf.reduce_mean((x - reconstructions) ** 2) / self.train_variance
            total_loss = reconstruction_loss + sum(self.vqvae.losses)
        grads = tape.gradient(total_loss, self.vqvae.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.vqvae.trainable_variables))
        self.total_loss_tracker.update_state(total_loss)
        self.vq_loss_tracker.update_state(sum(self.vqvae.losses))
        return {
            "loss": self.total_loss_tracker.result(),
            "vqvae_loss": self.vq_loss_tracker.result(),
        }


vqvae.set_weights([rng.normal(0, 0.3, w.shape) for w in vqvae.get_weights()])
x = rng.rand(24, 8, 8, 1).astype("float32")
trainer = VQVAETrainer(vqvae, np.var(x))
trainer.compile(optimizer=keras.optimizers.Adam())
history = trainer.fit(x, epochs=3, batch_size=8, shuffle=False, verbose=0)
encoded = encoder.predict(x, verbose=0)
codes = quantizer.get_code_indices(encoded.reshape(-1, encoded.shape[-1])).numpy()
np.savez(
    sys.argv[1],
    codes=codes,
    images=vqvae.predict(x, verbose=0),
    names=[w.name for w in vqvae.trainable_weights],
    **history.history,
)
