"""Is a film review positive or negative? Two LSTMs read it, one from each end.

The words become numbers in a `TextVectorization` layer, the numbers become vectors in an
`Embedding`, and a bidirectional LSTM turns the vectors into one summary of the text. The order of
the words matters: "hardly boring" is praise. Beside it we train a network that only sees which
words occur, to show what the order is worth.

The made reviews are judged right in more than 95 % of the cases, and by the words alone in fewer
than 90 %. For the 50,000 real ones of IMDB (`--data imdb`, two epochs of some minutes) no figure is
promised.

Source: Hochreiter and Schmidhuber, 1997, Long Short-Term Memory, Neural Computation 9; Maas et al.,
2011, Learning Word Vectors for Sentiment Analysis (IMDB).

    python examples/text_classification_lstm.py [--epochs 4] [--data imdb | --data aclImdb]
"""

import argparse

import tensorflow as tf
from support.outcome import conclude
from support.reviews import load_reviews

import tfk
from tfk import layers


def build_lstm(vectorize, words):
    """From strings to the probability that the review is positive."""
    text = tfk.Input((), dtype=tf.string)
    x = layers.Embedding(words, 32, mask_zero=True)(
        vectorize(text)
    )  # 0 fills short texts up: masked from here on
    x = layers.Bidirectional(layers.LSTM(32))(x)
    x = layers.Dropout(0.3)(x)
    return tfk.Model(text, layers.Dense(1, activation="sigmoid")(x), name="lstm")


def build_bag_of_words(vectorize, words):
    """The same from the mean of the words' vectors, whatever their order."""
    text = tfk.Input((), dtype=tf.string)
    x = layers.Embedding(words, 32, mask_zero=True)(vectorize(text))
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(32, activation="relu")(x)
    return tfk.Model(text, layers.Dense(1, activation="sigmoid")(x), name="bag_of_words")


def train(model, train, test, epochs):
    """Trains the model and returns its accuracy on the reviews for the test."""
    model.compile(tfk.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        train.texts, train.labels, batch_size=64, epochs=epochs, validation_split=0.1, verbose=2
    )
    return model.evaluate(test.texts, test.labels, batch_size=256, verbose=0)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, help="4, or 2 with --data")
    parser.add_argument(
        "--data", help='"imdb", or a folder with train/pos, train/neg, test/pos, test/neg'
    )
    arguments = parser.parse_args()
    epochs = arguments.epochs or (2 if arguments.data else 4)
    words, length = (10000, 200) if arguments.data else (500, 40)

    tfk.utils.set_random_seed(1)
    reviews, unseen = load_reviews(arguments.data)
    vectorize = layers.TextVectorization(words, output_sequence_length=length)
    vectorize.adapt(reviews.texts)

    bag = train(build_bag_of_words(vectorize, words), reviews, unseen, epochs)
    model = build_lstm(vectorize, words)
    accuracy = train(model, reviews, unseen, epochs)

    trials = [
        "the ending was hardly boring. what superb music",
        "the ending was not good. the plot was far from clever",
        "the plot was far from dull. i found the cast anything but tired",
    ]
    for text, (probability,) in zip(trials, model.predict(tf.constant(trials), verbose=0)):
        print(f"{probability:7.1%} positive: {text}")
    print(f"test accuracy by the words alone {bag:.4g}")
    conclude("test accuracy", accuracy, at_least=None if arguments.data else 0.95)


if __name__ == "__main__":
    main()
