"""A Transformer learns which words belong together from text alone, by guessing words that were
hidden from it.

One word of six is hidden behind a mask, and the model is to say which it was. For that it must find
out what a sentence is about. After this "pretraining" it knows, without having been told, that
"oven" and "dough" belong to one subject and "anchor" and "sail" to another. Then two sentences of
each subject with their names are enough: one layer that learns from these twelve what the vectors
of the encoder mean puts more than 90 % of the unseen sentences under the right name. On the vectors
of an untrained encoder the same layer gets fewer than half of them right.

`--data FILE` pretrains on a text file instead, shows some guesses, and promises no figure.

Source: Devlin et al., 2018, BERT: Pre-training of Deep Bidirectional Transformers for Language
Understanding, arXiv:1810.04805 (also the 80/10/10 rule in `hide_words`).

    python examples/masked_language_model.py [--epochs 6] [--data shakespeare.txt]
"""

import argparse
import pathlib
import re

import numpy as np
from support.outcome import conclude
from support.transformer import Encoder, TokenAndPosition

import tfk
from tfk import layers

WIDTH = 64  # numbers in the vector of a word
LABELLED = 2  # sentences of each subject whose name is told
HIDDEN = 0.16  # share of the words to guess
SUBJECTS = {
    "kitchen": "oven dough salt butter spoon pan onion flour soup pepper kettle bread",
    "sea": "anchor sail harbour wave captain rope deck storm island mast tide lighthouse",
    "concert": "violin drum singer melody flute choir piano rhythm stage applause trumpet tune",
    "garden": "rose spade hedge lawn seed tulip fence bee compost apple ladder pond",
    "court": "judge witness verdict lawyer crime jury trial prison evidence thief oath law",
    "school": "teacher chalk lesson pupil exam desk homework library grammar pencil bell algebra",
}
FRAMES = (
    "the {} and the {} were near the {} but nobody saw the {} or the {}",
    "first came the {} then the {} and at last the {} with its {} and {}",
    "she spoke of the {} he thought of a {} and both remembered the {} the {} and the {}",
    "without the {} there is no {} and without the {} nobody needs the {} or a {}",
)


def make_sentences(count, rng):
    """Sentences that use words of one subject each, and the numbers of their subjects."""
    subjects = rng.integers(0, len(SUBJECTS), count)
    words = [text.split() for text in SUBJECTS.values()]
    sentences = [
        rng.choice(FRAMES).format(*rng.choice(words[subject], 5, replace=False))
        for subject in subjects
    ]
    return np.array(sentences), subjects


def read_sentences(path):
    """Pieces of 16 words of a text file."""
    words = re.findall(r"[\w']+", pathlib.Path(path).read_text(encoding="utf8"))
    return np.array([" ".join(words[start : start + 16]) for start in range(0, len(words), 16)])


def hide_words(numbers, words, rng):
    """Hides some words of `(sentences, length)`.

    Of the chosen words 80 % become the mask, 10 % another word and 10 % stay, so that the model
    cannot rely on knowing which words are in question.

    Returns:
        The sentences with hidden words, and the weights that choose the places to be guessed.
    """
    chosen = (rng.random(numbers.shape) < HIDDEN) & (numbers > 1)  # 0 fills up, 1 is any rare word
    fate = rng.random(numbers.shape)
    hidden = np.where(
        chosen & (fate < 0.8), words, numbers
    )  # the number after the last word is the mask
    hidden = np.where(chosen & (fate > 0.9), rng.integers(2, words, numbers.shape), hidden)
    return hidden, chosen.astype("float32")


def build_encoder(words, length):
    """From word numbers to vectors that know the words around them."""
    numbers = tfk.Input((length,), dtype="int64")
    x = TokenAndPosition(words + 1, length, WIDTH)(numbers)
    for _ in range(2):
        x = Encoder(WIDTH, heads=4)(x)
    return tfk.Model(numbers, layers.LayerNormalization()(x), name="encoder")


def build_guesser(encoder, words):
    """Scores of all words for every place, on top of the encoder."""
    texts = tfk.Input(encoder.input_shape[1:], dtype="int64")
    scores = layers.Dense(words, activation="softmax", name="guesses")(encoder(texts))
    model = tfk.Model(texts, scores, name="masked_language_model")
    # The weights of the places count in the loss and, as a weighted metric, in the accuracy.
    model.compile(
        tfk.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", weighted_metrics=["accuracy"]
    )
    return model


def pretrain(model, numbers, words, epochs, rng):
    """Trains the model to guess hidden words, other ones in every epoch."""
    for epoch in range(epochs):
        hidden, chosen = hide_words(numbers, words, rng)
        print(f"Pretraining {epoch + 1}/{epochs}")
        model.fit(hidden, numbers, sample_weight=chosen, batch_size=64, verbose=2)


def show_guesses(model, sentences, vectorize, words):
    """Hides the longest word of some sentences and prints what the model takes it for."""
    vocabulary = np.array(vectorize.get_vocabulary())
    numbers = vectorize(sentences).numpy()
    places = [max(range(16), key=lambda place: len(vocabulary[row[place]])) for row in numbers]
    rows = np.arange(len(numbers))
    answers = vocabulary[numbers[rows, places]]
    numbers[rows, places] = words
    best = model.predict(numbers, verbose=0)[rows, places].argsort(-1)[:, :-5:-1]
    for sentence, answer, guesses in zip(sentences, answers, best):
        print(sentence.replace(answer, "____"))
        print(f"    it was {answer}; guessed: {', '.join(vocabulary[guesses])}")


def name_subjects(encoder, sentences, subjects, unseen, unseen_subjects):
    """Trains one layer on top of the encoder to name subjects; returns the accuracy on unseen
    sentences.
    """
    encoder.trainable = (
        False  # twelve sentences cannot teach it anything new, but they could make it forget
    )
    texts = tfk.Input(encoder.input_shape[1:], dtype="int64")
    x = layers.GlobalAveragePooling1D()(encoder(texts))
    model = tfk.Model(texts, layers.Dense(len(SUBJECTS), activation="softmax")(x), name="subjects")
    model.compile(
        tfk.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(sentences, subjects, epochs=60, verbose=0)
    return model.evaluate(unseen, unseen_subjects, batch_size=256, verbose=0)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=6, help="of the pretraining")
    parser.add_argument("--data", help="a text file")
    arguments = parser.parse_args()

    tfk.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    sentences, subjects = (
        (read_sentences(arguments.data), None) if arguments.data else make_sentences(5000, rng)
    )
    vectorize = layers.TextVectorization(4000, output_sequence_length=18)
    vectorize.adapt(sentences)
    words = vectorize.vocabulary_size()
    numbers = vectorize(sentences).numpy()

    encoder = build_encoder(words, numbers.shape[1])
    model = build_guesser(encoder, words)
    pretrain(model, numbers[1000:], words, arguments.epochs, rng)
    show_guesses(model, sentences[:4], vectorize, words)
    hidden, chosen = hide_words(numbers[:1000], words, rng)
    _, right = model.evaluate(
        hidden, numbers[:1000], sample_weight=chosen, batch_size=256, verbose=0
    )
    print(f"hidden words guessed right {right:.4g}")
    if arguments.data:
        return

    labelled = np.concatenate(
        [np.flatnonzero(subjects[1000:] == n)[:LABELLED] + 1000 for n in range(len(SUBJECTS))]
    )
    parts = numbers[labelled], subjects[labelled], numbers[:1000], subjects[:1000]
    accuracy = name_subjects(encoder, *parts)
    untrained = name_subjects(build_encoder(words, numbers.shape[1]), *parts)
    print(
        f"test accuracy after {len(labelled)} labelled sentences, without pretraining"
        f" {untrained:.4g}"
    )
    conclude(
        f"test accuracy after {len(labelled)} labelled sentences, pretrained",
        accuracy,
        at_least=0.9,
    )


if __name__ == "__main__":
    main()
