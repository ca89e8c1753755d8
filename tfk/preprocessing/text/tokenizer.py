"""`Tokenizer`: numbers words by how often they occur."""

import collections
import json
import warnings

import numpy as np

from tfk.preprocessing.text.words import PUNCTUATION, text_to_word_sequence
from tfk.utils.checks import check_choice, check_no_more

MODES = ("binary", "count", "freq", "tfidf")


class Tokenizer:
    """Turns texts into lists of numbers, or into rows with a column a word.

    The most frequent word gets the number 1 (or 2 when there is an `oov_token`, which is 1); 0 is
    left free for padding.

    Args:
        num_words: Only numbers below are used; None uses all.
        filters: Characters that separate words and are left out.
        lower: Whether to turn texts into lower case.
        split: What separates words besides.
        char_level: Whether every character is a word.
        oov_token: Stands for unknown words; None leaves them out.
        analyzer: Function that splits a text into words instead.

    Attributes:
        word_index: Numbers by word.
        index_word: Words by number.
        word_counts: How often each word occurred.
        word_docs: In how many texts each word occurred.
        index_docs: The same by number.
        document_count: How many texts there were.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the cat", "the dog", "a dog"])
    >>> tokenizer.texts_to_sequences(["the dog sleeps", "a cat"])
    [[1, 2], [4, 3]]
    """

    def __init__(
        self,
        num_words=None,
        filters=PUNCTUATION,
        lower=True,
        split=" ",
        char_level=False,
        oov_token=None,
        analyzer=None,
        **kwargs,
    ):
        if "nb_words" in kwargs:
            warnings.warn("Tokenizer: nb_words is the old name of num_words.")
            num_words = kwargs.pop("nb_words")
        self.document_count = kwargs.pop("document_count", 0)
        check_no_more(self, kwargs)
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts = collections.OrderedDict()
        self.word_docs = collections.defaultdict(int)
        self.index_docs = collections.defaultdict(int)
        self.word_index = {}
        self.index_word = {}

    def fit_on_texts(self, texts):
        """Counts the words of these texts too, and numbers all words anew.

        Args:
            texts: Texts, or lists of words.
        """
        counts = collections.Counter(self.word_counts)  # keeps the order of first appearance
        for text in texts:
            self.document_count += 1
            words = list(self._words(text))
            counts.update(words)
            for word in set(words):
                self.word_docs[word] += 1
        self.word_counts = collections.OrderedDict(counts)
        ranked = sorted(self.word_counts, key=self.word_counts.get, reverse=True)
        if self.oov_token is not None:
            ranked.insert(0, self.oov_token)
        self.word_index = {word: number for number, word in enumerate(ranked, start=1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences):
        """Counts in how many of these lists of numbers each number occurs."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts):
        """A list of numbers for each text (or list of words)."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """Yields a list of numbers for each text (or list of words)."""
        unknown = self._unknown_number()
        for text in texts:
            numbers = (self.word_index.get(word, unknown) for word in self._words(text))
            numbers = (unknown if self._is_rare(number) else number for number in numbers)
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences):
        """A text, with spaces between the words, for each list of numbers."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """Yields a text, with spaces between the words, for each list of numbers."""
        unknown = self._unknown_number()
        for sequence in sequences:
            numbers = (unknown if self._is_rare(number) else number for number in sequence)
            words = (
                self.index_word.get(number, self.index_word.get(unknown)) for number in numbers
            )
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts, mode="binary"):
        """A row for each text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        """A row for each list of numbers, with a column for each number.

        Args:
            sequences: Lists of numbers.
            mode: What the columns hold: `"binary"` whether the number occurs, `"count"` how often,
                `"freq"` its share, `"tfidf"` a weight that is large for words of few texts.

        Returns:
            A float64 array `(len(sequences), num_words)`.
        """
        check_choice(self, "mode", mode, MODES)
        if not self.num_words and not self.word_index:
            raise ValueError(
                "Tokenizer: pass num_words, or call fit_on_texts first, to set the width of the"
                " rows."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError(
                "Tokenizer: call fit_on_texts or fit_on_sequences before using mode='tfidf'."
            )
        width = self.num_words or len(self.word_index) + 1
        rows = np.zeros((len(sequences), width))
        for row, sequence in zip(rows, sequences):
            numbers = np.array([number for number in sequence if number < width], dtype=int)
            found, counts = np.unique(numbers, return_counts=True)
            row[found] = self._weights(mode, found, counts, len(sequence))
        return rows

    def _weights(self, mode, numbers, counts, length):
        if mode == "binary":
            return 1.0
        if mode == "count":
            return counts
        if mode == "freq":
            return counts / max(length, 1)
        documents = np.array([self.index_docs.get(number, 0) for number in numbers.tolist()])
        return (1 + np.log(counts)) * np.log(1 + self.document_count / (1 + documents))

    def _words(self, text):
        if self.char_level or isinstance(text, list):
            if not self.lower:
                return text
            return [word.lower() for word in text] if isinstance(text, list) else text.lower()
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def _unknown_number(self):
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def _is_rare(self, number):
        return bool(self.num_words) and number is not None and number >= self.num_words

    def get_config(self):
        """Settings and counts as a dict, the tables as JSON strings."""
        return {
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "document_count": self.document_count,
            "word_counts": json.dumps(self.word_counts),
            "word_docs": json.dumps(self.word_docs),
            "index_docs": json.dumps(self.index_docs),
            "index_word": json.dumps(self.index_word),
            "word_index": json.dumps(self.word_index),
        }

    def to_json(self, **kwargs):
        """The tokenizer as a JSON string for `tokenizer_from_json`; `kwargs` go to `json.dumps`."""
        return json.dumps(
            {"class_name": type(self).__name__, "config": self.get_config()}, **kwargs
        )


def tokenizer_from_json(json_string):
    """Makes the `Tokenizer` that `to_json` wrote.

    >>> tokenizer_from_json(Tokenizer(num_words=5).to_json()).num_words
    5
    """
    config = dict(json.loads(json_string)["config"])
    names = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
    tables = {name: json.loads(config.pop(name)) for name in names}
    tokenizer = Tokenizer(**config)
    tokenizer.word_counts = collections.OrderedDict(tables["word_counts"])
    tokenizer.word_docs = collections.defaultdict(int, tables["word_docs"])
    tokenizer.index_docs = collections.defaultdict(int, _by_number(tables["index_docs"]))
    tokenizer.index_word = _by_number(tables["index_word"])
    tokenizer.word_index = tables["word_index"]
    return tokenizer


def _by_number(table):
    """JSON has only strings as keys."""
    return {int(number): value for number, value in table.items()}
