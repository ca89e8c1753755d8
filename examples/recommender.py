"""A recommender: learns from ratings which films somebody will like.

Each user and each film gets a vector of numbers (an embedding) and a bias. How well they go
together is the product of their vectors plus both biases, through a sigmoid. Nobody says what the
numbers mean; users who rated alike, and films that were liked by the same users, come to lie close
together.

Without `--data` the ratings are made: 400 users and 300 films with hidden tastes in 4 dimensions,
20,000 ratings from 0.5 to 5 with some noise. The error of unseen ratings (root of the mean square)
is below 0.6 stars after a few seconds; answering with each film's average gives 1.0. `--data
ratings.csv` reads MovieLens (columns userId, movieId, rating); no figure is promised for it.

Source: Koren, Bell and Volinsky, 2009, Matrix Factorization Techniques for Recommender Systems
(IEEE Computer).

    python examples/recommender.py [--epochs 15] [--data ml-latest-small/ratings.csv]
"""

import argparse
import csv

import numpy as np
import tensorflow as tf
from support.outcome import conclude

import tfk
from tfk import layers

LOWEST, HIGHEST = 0.5, 5.0


def make_ratings(users=400, films=300, count=20000, seed=1):
    """Made ratings: pairs of user and film `(count, 2)`, and stars."""
    rng = np.random.default_rng(seed)
    tastes, contents = rng.normal(0, 0.6, (users, 4)), rng.normal(0, 0.9, (films, 4))
    pairs = np.unique(
        np.stack([rng.integers(0, users, count), rng.integers(0, films, count)], 1), axis=0
    )
    pairs = rng.permutation(pairs)
    match = (tastes[pairs[:, 0]] * contents[pairs[:, 1]]).sum(1)
    stars = 3.2 + match + rng.normal(0, 0.4, len(pairs))
    return pairs, np.clip(np.round(stars * 2) / 2, LOWEST, HIGHEST)


def read_ratings(path):
    """MovieLens: users and films are numbered anew, from 0 on and without gaps."""
    with open(path, newline="", encoding="utf8") as file:
        rows = [
            (row["userId"], row["movieId"], float(row["rating"])) for row in csv.DictReader(file)
        ]
    users, films, stars = zip(*rows)
    pairs = np.stack([np.unique(names, return_inverse=True)[1] for names in (users, films)], axis=1)
    order = np.random.default_rng(1).permutation(len(rows))
    return pairs[order], np.array(stars)[order]


class Recommender(tfk.Model):
    """How well users and films go together, from 0 to 1."""

    def __init__(self, users, films, size=16, **kwargs):
        super().__init__(**kwargs)

        def embedding(count, width):
            return layers.Embedding(
                count,
                width,
                embeddings_initializer="he_normal" if width > 1 else "zeros",
                embeddings_regularizer=tfk.regularizers.L2(1e-6),
            )

        self.user, self.user_bias = embedding(users, size), embedding(users, 1)
        self.film, self.film_bias = embedding(films, size), embedding(films, 1)

    def call(self, pairs):
        user, film = pairs[:, 0], pairs[:, 1]
        match = tf.reduce_sum(self.user(user) * self.film(film), axis=1, keepdims=True)
        return tf.sigmoid(match + self.user_bias(user) + self.film_bias(film))


def error_in_stars(y_true, y_pred):
    """Root of the mean square of the errors."""
    return (HIGHEST - LOWEST) * float(np.sqrt(np.mean((np.ravel(y_true) - np.ravel(y_pred)) ** 2)))


def film_averages(pairs, y, films):
    """The average rating of each film; the average of all where there is none."""
    count, total = (np.bincount(pairs[:, 1], weights, minlength=films) for weights in (None, y))
    return np.where(count > 0, total / np.maximum(count, 1), y.mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--data", help="ratings.csv of MovieLens")
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(1)
    pairs, stars = read_ratings(arguments.data) if arguments.data else make_ratings()
    users, films = pairs.max(0) + 1
    y = ((stars - LOWEST) / (HIGHEST - LOWEST)).astype("float32")
    test = len(y) // 10

    model = Recommender(users, films)
    model.compile(tfk.optimizers.Adam(5e-3), loss="binary_crossentropy")
    model.fit(
        pairs[test:],
        y[test:],
        batch_size=64,
        epochs=arguments.epochs,
        validation_data=(pairs[:test], y[:test]),
        callbacks=[tfk.callbacks.EarlyStopping(patience=2, restore_best_weights=True)],
        verbose=2,
    )

    user = pairs[0, 0]
    unseen = np.setdiff1d(np.arange(films), pairs[pairs[:, 0] == user, 1])
    answers = model.predict(np.stack([np.full(len(unseen), user), unseen], axis=1), verbose=0)[:, 0]
    best = answers.argsort()[::-1][:5]
    print(
        f"for user {user} the films {', '.join(str(film) for film in unseen[best])}, which"
        " should get",
        end=" ",
    )
    print(
        ", ".join(f"{LOWEST + (HIGHEST - LOWEST) * answer:.1f}" for answer in answers[best]),
        "stars",
    )

    averages = film_averages(pairs[test:], y[test:], films)[pairs[:test, 1]]
    print(f"error of each film's average: {error_in_stars(y[:test], averages):.3f} stars")
    error = error_in_stars(y[:test], model.predict(pairs[:test], verbose=0))
    conclude("error of the recommender", error, at_most=None if arguments.data else 0.6)


if __name__ == "__main__":
    main()
