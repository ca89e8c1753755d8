"""A generative adversarial network draws digits: a forger and a critic that learn from each other.

The generator makes a picture from random numbers; the discriminator says of a picture whether it is
real. One step of training shows the discriminator real and drawn pictures, and then changes the
generator so that the discriminator would say "real" to what it draws. None of the two losses tells
how good the pictures are: so a network that reads digits gives them a score from 1 to 10 (see
support/digits.py; real digits get 9.3), and a callback shows the drawings.

The score of 500 drawn digits is above 5 after half a minute on two cores.

Source: Goodfellow et al., 2014, Generative Adversarial Networks, arXiv:1406.2661; Radford, Metz and
Chintala, 2015, arXiv:1511.06434 (with convolutions).

    python examples/gan.py [--epochs 60]
"""

import argparse

import tensorflow as tf
from support.digits import Judge, load_images
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.cli.pictures import print_pictures

LATENT = 32


def make_generator():
    """From a point to a picture: a dense layer, then convolutions that double the size."""
    return tfk.Sequential(
        [
            tfk.Input((LATENT,)),
            layers.Dense(4 * 4 * 32, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.2),
            layers.Reshape((4, 4, 32)),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.2),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ],
        name="generator",
    )


def make_discriminator():
    """From a picture to one number: large where it looks real."""
    return tfk.Sequential(
        [
            tfk.Input((8, 8, 1)),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Dropout(0.3),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ],
        name="discriminator",
    )


class GAN(tfk.Model):
    """Two networks, two optimizers, one step of training that serves both."""

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self.generator_loss = tfk.metrics.Mean(name="generator_loss")
        self.discriminator_loss = tfk.metrics.Mean(name="discriminator_loss")

    def compile(self, generator_optimizer, discriminator_optimizer, loss):
        super().compile(loss=loss)
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer
        self.loss_of = loss

    @property
    def metrics(self):
        return [self.generator_loss, self.discriminator_loss]

    def call(self, points):
        return self.generator(points)

    def train_step(self, real):
        count = tf.shape(real)[0]
        points = tf.random.normal((count, LATENT))
        with tf.GradientTape() as tape:
            drawn = self.generator(points, training=True)
            answers = self.discriminator(tf.concat([real, drawn], axis=0), training=True)
            # 0.9 instead of 1: a discriminator that is never quite sure keeps a slope for the
            # generator to follow.
            truth = tf.concat([0.9 * tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
            discriminator_loss = self.loss_of(truth, answers)
        weights = self.discriminator.trainable_weights
        gradients = tape.gradient(discriminator_loss, weights)
        self.discriminator_optimizer.apply_gradients(zip(gradients, weights))

        with tf.GradientTape() as tape:
            answers = self.discriminator(self.generator(points, training=True), training=True)
            generator_loss = self.loss_of(tf.ones((count, 1)), answers)  # as if they were real
        weights = self.generator.trainable_weights
        gradients = tape.gradient(generator_loss, weights)
        self.generator_optimizer.apply_gradients(zip(gradients, weights))

        self.generator_loss.update_state(generator_loss)
        self.discriminator_loss.update_state(discriminator_loss)
        return {metric.name: metric.result() for metric in self.metrics}


class ShowDrawings(tfk.callbacks.Callback):
    """Prints what the generator makes of the same few points, every so many epochs."""

    def __init__(self, every):
        super().__init__()
        self.every = every
        self.points = tf.random.normal((7, LATENT), seed=3)

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            losses = ", ".join(f"{name} {value:.3f}" for name, value in logs.items())
            print(f"\nafter {epoch + 1} epochs: {losses}")
            print_pictures(self.model.generator.predict(self.points, verbose=0)[..., 0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    images, _ = load_images()
    judge = Judge()

    gan = GAN(make_generator(), make_discriminator())
    gan.compile(
        generator_optimizer=tfk.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=tfk.optimizers.Adam(5e-4, beta_1=0.5),
        loss=tfk.losses.BinaryCrossentropy(from_logits=True),
    )
    gan.fit(
        images,
        batch_size=64,
        epochs=arguments.epochs,
        callbacks=[ShowDrawings(every=max(arguments.epochs // 4, 1))],
        verbose=0,
    )
    drawn = gan.predict(tf.random.normal((500, LATENT)), verbose=0)
    conclude("score of drawn digits", judge.score(drawn), at_least=5)


if __name__ == "__main__":
    main()
