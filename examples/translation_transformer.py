"""A Transformer translates: its encoder reads a phrase at once, its decoder writes the translation
word by word.

Unlike the state of an LSTM (`translation_lstm.py`), attention lets the decoder look at every word
of the phrase again before each word that it writes, so the order of the words may change: English
"forty two" is German "zwei und vierzig". In training a causal mask hides the words that are still
to come, and the whole translation is learned in one step. `support/transformer.py` shows what is
inside the blocks.

It learns numbers in words; of unseen numbers more than 95 % are translated without a mistake.
`--data FILE` trains on a file with a pair of phrases a line, a tab between them, such as the
collections of Tatoeba; that takes longer, and no figure is promised.

Source: Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762.

    python examples/translation_transformer.py [--epochs 6] [--data spa.txt --pairs 20000]
"""

import argparse

import numpy as np
import tensorflow as tf
from support.outcome import conclude
from support.phrases import make_numbers, read_pairs
from support.transformer import Decoder, Encoder, TokenAndPosition

import tfk
from tfk import layers

WIDTH, HEADS = 64, 4
START, END = "[start]", "[end]"  # stand before and after every translation


def standardize(text):
    """Lower case without punctuation, but with the brackets of our marks."""
    return tf.strings.regex_replace(tf.strings.lower(text), r"[!-/:-@\\^-`{-~¿¡]", "")


def adapted(phrases, words, length):
    """A layer that turns phrases into word numbers `(phrases, length)`."""
    vectorize = layers.TextVectorization(
        words, standardize=standardize, output_sequence_length=length
    )
    vectorize.adapt(phrases)
    return vectorize


def build_model(source, target, length):
    """From the words of a phrase and the words written so far to the scores of the words that
    follow.
    """
    read = tfk.Input((length,), dtype="int64", name="phrase")
    x = TokenAndPosition(source.vocabulary_size(), length, WIDTH)(read)
    for _ in range(2):
        x = Encoder(WIDTH, HEADS)(x)

    written = tfk.Input((length,), dtype="int64", name="words_before")
    y = TokenAndPosition(target.vocabulary_size(), length, WIDTH)(written)
    for _ in range(2):
        y = Decoder(WIDTH, HEADS)([y, x])
    scores = layers.Dense(target.vocabulary_size(), activation="softmax", name="next_word")(
        layers.LayerNormalization()(y)
    )
    return tfk.Model([read, written], scores, name="transformer")


def translate(model, phrases, target, length):
    """Writes the translations of encoded phrases, always the likeliest word next."""
    words = np.array(target.get_vocabulary())
    written = np.zeros((len(phrases), length), "int64")
    written[:, 0] = np.flatnonzero(words == START)[0]
    for place in range(length - 1):
        scores = model.predict([phrases, written], batch_size=256, verbose=0)
        written[:, place + 1] = scores[:, place].argmax(-1)
    return [" ".join(words[row[1:]]).partition(f" {END}")[0] for row in written]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument(
        "--data", help="text file with a pair of phrases a line, a tab between them"
    )
    parser.add_argument("--pairs", type=int, default=6000, help="number of pairs")
    arguments = parser.parse_args()
    words, length = (8000, 20) if arguments.data else (100, 14)

    tfk.utils.set_random_seed(1)
    pairs = (
        read_pairs(arguments.data, arguments.pairs)
        if arguments.data
        else make_numbers(arguments.pairs)
    )
    pairs = np.random.default_rng(0).permutation(pairs)
    phrases, wanted = pairs[:, 0], pairs[:, 1]
    marked = np.array([f"{START} {text} {END}" for text in wanted])
    unseen = min(len(pairs) // 10, 500)
    source = adapted(phrases[unseen:], words, length)
    target = adapted(marked[unseen:], words, length + 1)  # one longer: it is cut at both ends below
    read, written = source(phrases).numpy(), target(marked).numpy()

    model = build_model(source, target, length)
    model.summary()
    model.compile(
        tfk.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(
        [read[unseen:], written[unseen:, :-1]],
        written[unseen:, 1:],
        batch_size=64,
        epochs=arguments.epochs,
        validation_split=0.1,
        verbose=2,
    )

    given = translate(model, read[:unseen], target, length)
    for phrase, answer, expected in list(zip(phrases, given, wanted))[:6]:
        print(f"{phrase}\n    -> {answer} {'' if answer == expected else f'(expected {expected})'}")
    right = np.mean([answer == expected for answer, expected in zip(given, wanted)])
    conclude(
        "share of unseen phrases without a mistake",
        right,
        at_least=None if arguments.data else 0.95,
    )


if __name__ == "__main__":
    main()
