"""From sound to letters: a Transformer listens to a spectrogram and writes down what it heard.

The encoder shortens the spectrogram with two strided convolutions and lets every moment look at
every other one. The decoder writes a letter at a time, looking at the letters so far and at what
the encoder heard; nobody tells it at which moment a letter begins or how long it lasts.
`support/transformer.py` shows what is inside the blocks.

Without `--data` it learns a language that costs nothing to record: each letter is a chord of two
tones, as on the keys of a telephone, with its own length, loudness, pitch and noise in every word.
More than 90 % of the letters of unseen words are right. `--data FOLDER` takes recordings in the
layout of the LJ Speech data set (`metadata.csv`, `wavs/`); real speech needs far more data, epochs
and width than this miniature, so no figure is promised for it.

Source: Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762; Dong, Xu and Xu, 2018,
Speech-Transformer (ICASSP).

    python examples/speech_transformer.py [--epochs 10] [--data LJSpeech-1.1 --count 2000]
"""

import argparse
import itertools
import pathlib

import numpy as np
import tensorflow as tf
from support.outcome import conclude
from support.transformer import AddPosition, Decoder, Encoder, TokenAndPosition

import tfk
from tfk import layers

RATE = 4000  # samples a second of the made sounds
WIDTH, HEADS = 64, 4
LETTERS = "abcdefghijkl"
CHORDS = list(
    itertools.product((600, 700, 790, 880), (1050, 1200, 1340))
)  # Hz, a pair for each letter
FILL, START, END = 0, 1, 2  # the numbers of the marks; letters follow


def speak(word, rng):
    """The sound of a word: chords with short pauses between them, in noise."""
    pieces, pitch = [], rng.uniform(0.96, 1.04)
    for letter in word:
        time = np.arange(int(RATE * rng.uniform(0.07, 0.16))) / RATE
        chord = sum(
            np.sin(2 * np.pi * pitch * f * time + rng.uniform(0, 6))
            for f in CHORDS[LETTERS.index(letter)]
        )
        pieces += [rng.uniform(0.2, 0.5) * chord, np.zeros(int(RATE * rng.uniform(0.02, 0.08)))]
    sound = np.concatenate(pieces)
    return sound + rng.normal(0, 0.1, len(sound))


def make_speech(count, rng):
    """Random words of three to six letters and their sounds."""
    words = ["".join(rng.choice(list(LETTERS), rng.integers(3, 7))) for _ in range(count)]
    return [speak(word, rng) for word in words], words


def read_speech(folder, count):
    """The first recordings of a folder in the layout of LJ Speech and their texts in lower case."""
    lines = pathlib.Path(folder, "metadata.csv").read_text(encoding="utf8").splitlines()[:count]
    names, *_, texts = zip(*(line.split("|") for line in lines))
    files = [pathlib.Path(folder, "wavs", f"{name}.wav").read_bytes() for name in names]
    return [tf.audio.decode_wav(file, 1).audio[:, 0].numpy() for file in files], [
        text.lower() for text in texts
    ]


def spectrograms(sounds, window):
    """Loudness of 1 + window / 2 frequencies at moments half a window apart, `(sounds, moments,
    frequencies)`.

    Short sounds are filled up with silence.
    """
    longest = max(map(len, sounds))
    filled = np.stack([np.pad(sound, (0, longest - len(sound))) for sound in sounds]).astype(
        "float32"
    )
    batches = np.array_split(filled, -(-len(filled) // 100))
    parts = [
        tf.math.log(tf.abs(tf.signal.stft(batch, window, window // 2)) + 0.1) for batch in batches
    ]
    return np.concatenate(parts)


class Letters:
    """Numbers the letters of some texts, with marks at the start and at the end."""

    def __init__(self, texts):
        self.letters = ["", "", "", *sorted(set("".join(texts)))]
        self.length = max(map(len, texts)) + 2

    def encode(self, texts):
        """Letter numbers `(texts, length)`."""
        numbers = np.full((len(texts), self.length), FILL)
        for row, text in zip(numbers, texts):
            row[: len(text) + 2] = [START, *map(self.letters.index, text), END]
        return numbers

    def decode(self, numbers):
        """The texts behind letter numbers that start with a start mark."""
        return [
            "".join(self.letters[n] for n in itertools.takewhile(lambda n: n != END, row[1:]))
            for row in numbers
        ]


def build_model(moments, frequencies, letters):
    """From a spectrogram and the letters so far to the probabilities of the letters that follow."""
    heard = tfk.Input((moments, frequencies), name="spectrogram")
    x = layers.BatchNormalization()(heard)
    for _ in range(2):
        x = layers.Conv1D(WIDTH, 5, strides=2, padding="same", activation="relu")(x)
    x = AddPosition(x.shape[1])(x)
    for _ in range(2):
        x = Encoder(WIDTH, HEADS)(x)

    written = tfk.Input((letters.length - 1,), dtype="int32", name="letters_before")
    y = TokenAndPosition(len(letters.letters), letters.length - 1, WIDTH)(written)
    y = Decoder(WIDTH, HEADS)([y, x])
    y = layers.LayerNormalization()(y)
    scores = layers.Dense(len(letters.letters), activation="softmax", name="next_letter")(y)
    return tfk.Model([heard, written], scores, name="speech")


def write_down(model, heard, letters):
    """What the model hears in spectrograms, always the likeliest letter next."""
    written = np.full((len(heard), letters.length), FILL)
    written[:, 0] = START
    for place in range(1, letters.length):
        scores = model.predict([heard, written[:, :-1]], batch_size=128, verbose=0)
        written[:, place] = scores[:, place - 1].argmax(-1)
    return letters.decode(written)


def edits(given, wanted):
    """Number of letters to insert, leave out or change to make one text of the other (Levenshtein's
    distance).
    """
    row = list(range(len(wanted) + 1))
    for i, letter in enumerate(given, start=1):
        above, row[0] = row[0], i
        for j, other in enumerate(wanted, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (letter != other))
    return row[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--data", help="folder in the layout of LJ Speech")
    parser.add_argument("--count", type=int, default=3300, help="number of recordings")
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    if arguments.data:
        sounds, texts = read_speech(arguments.data, arguments.count)
    else:
        sounds, texts = make_speech(arguments.count, np.random.default_rng(1))
    heard = spectrograms(sounds, window=512 if arguments.data else 128)
    letters = Letters(texts)
    written = letters.encode(texts)
    unseen = len(texts) // 11

    model = build_model(*heard.shape[1:], letters)
    model.summary()
    model.compile(
        tfk.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(
        [heard[unseen:], written[unseen:, :-1]],
        written[unseen:, 1:],
        batch_size=64,
        epochs=arguments.epochs,
        validation_data=([heard[:unseen], written[:unseen, :-1]], written[:unseen, 1:]),
        verbose=2,
    )

    given = write_down(model, heard[:unseen], letters)
    for answer, wanted in list(zip(given, texts))[:8]:
        print(f"said {wanted:8} heard {answer:8}")
    wrong = sum(map(edits, given, texts)) / sum(map(len, texts[:unseen]))
    conclude("share of letters right", 1 - wrong, at_least=None if arguments.data else 0.9)


if __name__ == "__main__":
    main()
