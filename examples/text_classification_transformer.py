"""Is a film review positive or negative? A Transformer block reads it.

Every word looks at all other words of the review at once ("hardly" finds the "boring" behind it);
then the words' vectors are averaged, and two dense layers judge. `support/transformer.py` shows
what is inside the block.

The made reviews are judged right in more than 95 % of the cases, and the 50,000 real ones of IMDB
(`--data imdb`) in more than 82 % after two epochs, in about two minutes.

Source: Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762; Maas et al., 2011,
Learning Word Vectors for Sentiment Analysis (IMDB).

    python examples/text_classification_transformer.py [--epochs 6] [--data imdb | --data aclImdb]
"""

import argparse

import tensorflow as tf
from support.outcome import conclude
from support.reviews import load_reviews
from support.transformer import Encoder, TokenAndPosition

import tfk
from tfk import layers

WIDTH = 32  # numbers in the vector of a word
EXPECTED = {
    None: 0.95,
    "imdb": 0.82,
}  # test accuracy, by the reviews; none is known for those of a folder


def build_model(words, length):
    """From word numbers to the probability that the review is positive."""
    numbers = tfk.Input((length,), dtype="int64")
    x = TokenAndPosition(words, length, WIDTH)(numbers)
    x = Encoder(WIDTH, heads=2)(x)
    x = layers.GlobalAveragePooling1D()(x)  # over the words, without those that only fill up
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(20, activation="relu")(x)
    return tfk.Model(numbers, layers.Dense(1, activation="sigmoid")(x), name="transformer")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, help="6, or 2 with --data")
    parser.add_argument(
        "--data", help='"imdb", or a folder with train/pos, train/neg, test/pos, test/neg'
    )
    arguments = parser.parse_args()
    words, length = (10000, 200) if arguments.data else (500, 40)

    tfk.utils.set_random_seed(1)
    reviews, unseen = load_reviews(arguments.data)
    vectorize = layers.TextVectorization(words, output_sequence_length=length)
    vectorize.adapt(reviews.texts)

    model = build_model(words, length)
    model.summary()
    model.compile(tfk.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        vectorize(reviews.texts),
        reviews.labels,
        batch_size=32,
        epochs=arguments.epochs or (2 if arguments.data else 6),
        validation_split=0.1,
        verbose=2,
    )
    _, accuracy = model.evaluate(vectorize(unseen.texts), unseen.labels, batch_size=256, verbose=0)

    # For use, the two parts become one model that takes strings.
    judge = tfk.Sequential([tfk.Input((), dtype=tf.string), vectorize, model], name="judge")
    trials = [
        "the ending was hardly boring. what superb music",
        "the ending was not good. the plot was far from clever",
        "the plot was far from dull. i found the cast anything but tired",
    ]
    for text, (probability,) in zip(trials, judge.predict(tf.constant(trials), verbose=0)):
        print(f"{probability:7.1%} positive: {text}")
    conclude("test accuracy", accuracy, at_least=EXPECTED.get(arguments.data))


if __name__ == "__main__":
    main()
