"""A variational autoencoder of handwritten digits, trained by a `train_step` of its own.

The encoder gives mean and variance of a point in a plane, the decoder draws a digit from such a
point. The loss, summed over the 64 pixels, is the cross-entropy of the drawing plus the divergence
of the points from a normal distribution. It falls from about 38 to below 26 within 40 epochs, in a
few seconds on two cores.

Source: Kingma and Welling, 2013, Auto-Encoding Variational Bayes, arXiv:1312.6114.

    python examples/variational_autoencoder.py [--epochs 40]
"""

import argparse

import numpy as np
import tensorflow as tf
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.cli.pictures import print_pictures

LATENT = 2


class Sampling(layers.Layer):
    """Draws a point around `mean` with the variance `exp(log_variance)`."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = tfk.utils.random.SeedGenerator(seed)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = tf.random.stateless_normal(
            tf.shape(mean), self.seed_generator.next_seed(), alg="philox"
        )
        return mean + tf.exp(0.5 * log_variance) * noise


def make_encoder():
    image = tfk.Input((8, 8))
    x = layers.Dense(128, activation="relu")(layers.Flatten()(image))
    mean, log_variance = (
        layers.Dense(LATENT, name="mean")(x),
        layers.Dense(LATENT, name="log_variance")(x),
    )
    return tfk.Model(
        image, [mean, log_variance, Sampling(seed=1)([mean, log_variance])], name="encoder"
    )


def make_decoder():
    point = tfk.Input((LATENT,))
    x = layers.Dense(128, activation="relu")(point)
    return tfk.Model(
        point, layers.Reshape((8, 8))(layers.Dense(64, activation="sigmoid")(x)), name="decoder"
    )


class VariationalAutoencoder(tfk.Model):
    """Encoder and decoder with the loss that belongs to them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder = make_encoder(), make_decoder()
        self.trackers = [tfk.metrics.Mean(name=name) for name in ("loss", "drawing", "divergence")]

    @property
    def metrics(self):
        return self.trackers

    def train_step(self, data):
        with tf.GradientTape() as tape:
            mean, log_variance, point = self.encoder(data, training=True)
            drawing = 64 * tf.reduce_mean(
                tfk.losses.binary_crossentropy(data, self.decoder(point, training=True))
            )
            divergence = -0.5 * tf.reduce_sum(
                1 + log_variance - mean**2 - tf.exp(log_variance), axis=1
            )
            divergence = tf.reduce_mean(divergence)
            loss = drawing + divergence
        self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        for tracker, value in zip(self.trackers, (loss, drawing, divergence)):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    (images, _), _ = tfk.datasets.digits.load_data()
    images = images.astype("float32") / 16.0
    model = VariationalAutoencoder()
    model.compile(tfk.optimizers.Adam(3e-3))
    history = model.fit(images, epochs=arguments.epochs, batch_size=64, verbose=2).history
    print("digits drawn from points on a line through the plane:")
    print_pictures(
        model.decoder.predict(np.linspace([-2.0, -1.0], [2.0, 1.0], 7, dtype="float32"), verbose=0)
    )
    print(f"loss: {history['loss'][0]:.1f} in the first epoch")
    conclude("loss in the last epoch", history["loss"][-1], at_most=26)


if __name__ == "__main__":
    main()
