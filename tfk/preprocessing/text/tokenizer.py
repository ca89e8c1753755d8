"""`Tokenizer`: indexes words by frequency."""

import collections
import json
import warnings

import numpy as np

from tfk.preprocessing.text.words import PUNCTUATION, text_to_word_sequence
from tfk.typing import Config
from tfk.utils.checks import check_choice, check_no_more

MODES = ("binary", "count", "freq", "tfidf")


class Tokenizer:
    """Tokenizer that maps texts to lists of word indices, or to rows with one column per word.

    The most frequent word gets index 1 (or 2 with an `oov_token`, which gets 1); 0 is reserved for
    padding.

    Args:
        num_words: Only indices below this are used; None uses all. Defaults to None.
        filters: Characters to remove; they also separate words. Defaults to punctuation.
        lower: Whether to convert texts to lower case. Defaults to True.
        split: Separator of words. Defaults to `" "`.
        char_level: Whether every character is a token. Defaults to False.
        oov_token: Token for unknown words; None drops them. Defaults to None.
        analyzer: Function that splits a text into words instead. Defaults to None.
        **kwargs: Deprecated: `nb_words`, the old name of `num_words`.

    Attributes:
        word_index: Dict from word to index.
        index_word: Dict from index to word.
        word_counts: Number of occurrences of each word.
        word_docs: Number of texts that contain each word.
        index_docs: Number of texts that contain each word, by index.
        document_count: Number of texts.

    >>> tokenizer = Tokenizer()
    >>> tokenizer.fit_on_texts(["the cat", "the dog", "a dog"])
    >>> tokenizer.texts_to_sequences(["the dog sleeps", "a cat"])
    [[1, 2], [4, 3]]
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters=PUNCTUATION,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
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
        """Add the word counts of these texts and reassign all indices.

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
        """Count in how many of these lists of indices each index occurs."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts):
        """Return a list of indices for each text (or list of words)."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """Yield a list of indices for each text (or list of words)."""
        unknown = self._unknown_number()
        for text in texts:
            numbers = (self.word_index.get(word, unknown) for word in self._words(text))
            numbers = (unknown if self._is_rare(number) else number for number in numbers)
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences):
        """Return a text, with spaces between the words, for each list of indices."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """Yield a text, with spaces between the words, for each list of indices."""
        unknown = self._unknown_number()
        for sequence in sequences:
            numbers = (unknown if self._is_rare(number) else number for number in sequence)
            words = (
                self.index_word.get(number, self.index_word.get(unknown)) for number in numbers
            )
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts, mode: str = "binary"):
        """Return a row for each text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences, mode: str = "binary"):
        """Return a row for each list of indices, with one column per index.

        Args:
            sequences: Lists of indices.
            mode: Content of the columns: `"binary"` for presence, `"count"` for the number of
                occurrences, `"freq"` for their fraction, `"tfidf"` for a weight that is large for
                words of few texts. Defaults to `"binary"`.

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

    def get_config(self) -> Config:
        """Return arguments and counts as a dict, the tables as JSON strings."""
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

    def to_json(self, **kwargs) -> str:
        """Return the tokenizer as a JSON string for `tokenizer_from_json`; `kwargs` go to
        `json.dumps`.
        """
        return json.dumps(
            {"class_name": type(self).__name__, "config": self.get_config()}, **kwargs
        )


def tokenizer_from_json(json_string: str):
    """Create a `Tokenizer` from the result of `to_json`.

    Args:
        json_string: The JSON text.

    Raises: ValueError if the text is not that of a tokenizer.
    >>> tokenizer_from_json(Tokenizer(num_words=5).to_json()).num_words
    5
    """
    try:
        return _from_config(json.loads(json_string)["config"])
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(
            "tokenizer_from_json: expected a text that Tokenizer.to_json() wrote:"
            f" {type(error).__name__}: {error}"
        ) from None


def _from_config(config):
    config = dict(config)
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
    """Return a dict with integer keys, since JSON only has strings."""
    return {int(number): value for number, value in table.items()}
