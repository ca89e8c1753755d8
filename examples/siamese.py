"""A siamese network: one network looks at two pictures, and their distance says whether they show
the same digit.

The network is never asked which digit it sees; it learns to put pictures of the same digit close
together and those of others far apart. That is how faces and signatures are compared: there are too
many people for a class each.

The loss (contrastive, `same` is 1 or 0): same * distance^2 + (1 - same) * max(1 - distance, 0)^2.
More than 96 % of the pairs of unseen pictures are judged rightly after a quarter of a minute on two
cores.

Source: Hadsell, Chopra and LeCun, 2006, Dimensionality Reduction by Learning an Invariant Mapping
(CVPR).

    python examples/siamese.py [--epochs 25]
"""

import argparse

import numpy as np
import tensorflow as tf
from support.digits import load_images
from support.outcome import conclude

import tfk
from tfk import layers
from tfk.cli.pictures import print_pictures


def make_pairs(images, labels, rng, each=1):
    """For each image `each` partners of its own digit and as many of another one: images, images,
    same or not.
    """
    places = {digit: np.flatnonzero(labels == digit) for digit in np.unique(labels)}
    first, second, same = [], [], []
    for place, digit in enumerate(labels):
        others = [other for other in places if other != digit]
        for _ in range(each):
            for partner in (digit, rng.choice(others)):
                first.append(place)
                second.append(rng.choice(places[partner]))
                same.append(partner == digit)
    return (images[first], images[second]), np.array(same, "float32")


def make_tower(units=16):
    """From a picture to a point; both pictures of a pair go through this one network."""
    return tfk.Sequential(
        [
            tfk.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(units),
        ],
        name="tower",
    )


def distance(points):
    """Euclidean distance of two rows of points, `(batch, 1)`; the small number keeps its slope
    finite at zero.
    """
    a, b = points
    return tf.sqrt(tf.reduce_sum((a - b) ** 2, axis=1, keepdims=True) + 1e-7)


def contrastive_loss(same, distance):
    """Pulls pairs that are the same together, pushes others to a distance of at least 1."""
    return tf.reduce_mean(
        same * distance**2 + (1 - same) * tf.maximum(1 - distance, 0) ** 2, axis=-1
    )


def judged_rightly(same, distance):
    """Share of pairs whose distance lies on the right side of one half."""
    return tf.cast((distance < 0.5) == (same > 0.5), "float32")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    images, labels = load_images()
    train = make_pairs(images[:1400], labels[:1400], rng)
    test = make_pairs(images[1400:], labels[1400:], rng)

    tower = make_tower()
    one, other = tfk.Input((8, 8, 1), name="one"), tfk.Input((8, 8, 1), name="other")
    model = tfk.Model(
        [one, other], layers.Lambda(distance)([tower(one), tower(other)]), name="siamese"
    )
    model.summary()
    model.compile(tfk.optimizers.Adam(2e-3), contrastive_loss, metrics=[judged_rightly])
    model.fit(*train, batch_size=64, epochs=arguments.epochs, verbose=2)

    shown = slice(0, 6)
    for pictures in test[0]:
        print_pictures(pictures[shown, ..., 0])
        print()
    distances = model.predict([pictures[shown] for pictures in test[0]], verbose=0)[:, 0]
    print("   ".join(f"{f'distance {value:.2f}':16s}" for value in distances))
    right = model.evaluate(*test, verbose=0, return_dict=True)["judged_rightly"]
    conclude("pairs judged rightly", right, at_least=0.96)


if __name__ == "__main__":
    main()
