"""CycleGAN in miniature: repaints red shapes blue without ever seeing the same shape in both
colours.

There are two heaps of pictures: red shapes, and other shapes in blue, but no pairs. Two generators
learn to translate between the heaps, each against a discriminator that knows the heap it should end
in. That alone would allow any blue picture as an answer; so three things are asked of a generator:

- its picture deceives the discriminator of the other heap (adversarial loss, least squares);
- translated there and back, a picture is what it was (cycle loss);
- a picture that already is of the heap in question stays as it is (identity loss).

As the pictures are made, the true answer is known: the same picture with the other colour. After
half a minute on two cores translated shapes differ from it by less than 0.12 on average (of pixels
from 0 to 1); untouched ones by 0.54.

Source: Zhu, Park, Isola and Efros, 2017, Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks, arXiv:1703.10593.

    python examples/cyclegan.py [--epochs 10]
"""

import argparse

import numpy as np
import tensorflow as tf
from support.outcome import conclude
from support.pictures import make_pictures

import tfk
from tfk import layers

SIZE = 16
RED, BLUE = (0.9, 0.15, 0.1), (0.1, 0.2, 0.9)
CYCLE_WEIGHT, IDENTITY_WEIGHT = 5.0, 2.0


def make_generator(name):
    """Adds a change to the picture: what stays as it was need not be learned."""
    picture = tfk.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(picture)
    x = layers.Conv2D(32, 1, activation="relu")(x)
    change = layers.Conv2D(3, 1, kernel_initializer=tfk.initializers.RandomNormal(stddev=0.01))(x)
    return tfk.Model(picture, layers.add([picture, change]), name=name)


def make_discriminator(name):
    """Answers for each patch of the picture whether it looks real: 1, or 0."""
    return tfk.Sequential(
        [
            tfk.Input((SIZE, SIZE, 3)),
            layers.Conv2D(24, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(48, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(1, 3, padding="same"),
        ],
        name=name,
    )


def squares(difference):
    return tf.reduce_mean(difference**2)


def sizes(difference):
    return tf.reduce_mean(tf.abs(difference))


class CycleGAN(tfk.Model):
    """Two generators and two discriminators, trained together with pairs of batches that do not
    belong together.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.to_blue, self.to_red = make_generator("to_blue"), make_generator("to_red")
        self.judge_blue, self.judge_red = (
            make_discriminator("judge_blue"),
            make_discriminator("judge_red"),
        )

    def compile(self, generator_optimizer, discriminator_optimizer):
        super().compile()
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer

    def train_step(self, data):
        red, blue = data
        with tf.GradientTape(persistent=True) as tape:
            drawn_blue, drawn_red = (
                self.to_blue(red, training=True),
                self.to_red(blue, training=True),
            )
            deceit = squares(1 - self.judge_blue(drawn_blue)) + squares(
                1 - self.judge_red(drawn_red)
            )
            cycle = sizes(self.to_red(drawn_blue) - red) + sizes(self.to_blue(drawn_red) - blue)
            identity = sizes(self.to_blue(blue) - blue) + sizes(self.to_red(red) - red)
            generator_loss = deceit + CYCLE_WEIGHT * cycle + IDENTITY_WEIGHT * identity

            discriminator_loss = 0.0
            for judge, real, drawn in (
                (self.judge_blue, blue, drawn_blue),
                (self.judge_red, red, drawn_red),
            ):
                drawn = tf.stop_gradient(drawn)
                discriminator_loss += 0.5 * (
                    squares(1 - judge(real, training=True)) + squares(judge(drawn))
                )

        for loss, optimizer, networks in (
            (generator_loss, self.generator_optimizer, (self.to_blue, self.to_red)),
            (discriminator_loss, self.discriminator_optimizer, (self.judge_blue, self.judge_red)),
        ):
            weights = [weight for network in networks for weight in network.trainable_weights]
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {
            "deceit": deceit,
            "cycle": cycle,
            "identity": identity,
            "discriminators": discriminator_loss,
        }


def make_heap(colour, seed, count=1000):
    return make_pictures(count, SIZE, seed, colour)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    red, blue = make_heap(RED, seed=1), make_heap(BLUE, seed=2)

    model = CycleGAN()
    model.compile(tfk.optimizers.Adam(2e-3, beta_1=0.5), tfk.optimizers.Adam(2e-3, beta_1=0.5))
    model.fit(red.images, blue.images, batch_size=20, epochs=arguments.epochs, verbose=2)

    test = make_heap(RED, seed=3, count=200)
    truth = make_heap(BLUE, seed=3, count=200).images  # the same seed: the same shapes
    answers = model.to_blue.predict(test.images, verbose=0)
    shape = test.masks == 1
    for title, pictures in (("red:", test.images), ("translated:", answers), ("blue:", truth)):
        print(f"{title:11s} average colour of the shapes", np.round(pictures[shape].mean(0), 2))
    print(
        f"untouched shapes differ by {abs(test.images - truth)[shape].mean():.3f} from the blue"
        " ones,"
    )
    print(f"the ground differs by {abs(answers - truth)[~shape].mean():.3f} after the translation")
    conclude("difference of translated shapes", abs(answers - truth)[shape].mean(), at_most=0.12)


if __name__ == "__main__":
    main()
