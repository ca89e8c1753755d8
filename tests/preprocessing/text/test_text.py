"""Words and Tokenizer equal tf_keras."""

import json

import numpy as np
import pytest

from tfk.preprocessing import text as ours

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.preprocessing.text

TEXTS = [
    "The cat sat on the mat; the DOG did not.",
    "A dog!  A dog and\ta cat...",
    "",
    "one-off, one two three two three three",
]


@pytest.mark.parametrize(
    "options", [{}, {"lower": False}, {"filters": "t"}, {"split": "a"}, {"split": "::"}]
)
def test_words(options):
    for text in TEXTS:
        assert ours.text_to_word_sequence(text, **options) == theirs.text_to_word_sequence(
            text, **options
        )


def test_hashes():
    for text in TEXTS:
        assert ours.one_hot(text, 30) == theirs.one_hot(text, 30)
        for function in (None, "md5", len):
            assert ours.hashing_trick(text, 30, function) == theirs.hashing_trick(
                text, 30, function
            )
        assert ours.hashing_trick(text, 9, "md5", analyzer=list) == theirs.hashing_trick(
            text, 9, "md5", analyzer=list
        )


OPTIONS = [
    {},
    {"num_words": 4},
    {"oov_token": "<unk>"},
    {"oov_token": "<unk>", "num_words": 5},
    {"char_level": True, "lower": False},
    {"char_level": True, "num_words": 6, "oov_token": "?"},
    {"lower": False, "filters": "", "split": "o"},
    {"analyzer": lambda text: text.split("t")},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("texts", [TEXTS, [text.split() for text in TEXTS]], ids=["texts", "lists"])
def test_tokenizer(options, texts):
    a, b = ours.Tokenizer(**options), theirs.Tokenizer(**options)
    for tokenizer in (a, b):
        tokenizer.fit_on_texts(texts[:2])
        tokenizer.fit_on_texts(texts[2:])
    for name in (
        "word_counts",
        "word_docs",
        "word_index",
        "index_word",
        "index_docs",
        "document_count",
    ):
        assert getattr(a, name) == getattr(b, name), name
    assert list(a.word_counts) == list(b.word_counts)
    new = [*texts, "a zebra and the cat" if isinstance(texts[0], str) else ["a", "zebra", "THE"]]
    sequences = a.texts_to_sequences(new)
    assert sequences == b.texts_to_sequences(new)
    assert a.sequences_to_texts([*sequences, [0, 1, 99]]) == b.sequences_to_texts(
        [*sequences, [0, 1, 99]]
    )
    for mode in ("binary", "count", "freq", "tfidf"):
        np.testing.assert_allclose(
            a.texts_to_matrix(new, mode), b.texts_to_matrix(new, mode), rtol=1e-12
        )
    if "analyzer" not in options:
        config, wanted = a.get_config(), b.get_config()
        for name in wanted:
            if name.startswith(("word_", "index_")):
                assert json.loads(config[name]) == json.loads(wanted[name])
            else:
                assert config[name] == wanted[name]
        for copy in (
            ours.tokenizer_from_json(b.to_json()),
            theirs.tokenizer_from_json(a.to_json(indent=1)),
        ):
            assert copy.texts_to_sequences(new) == sequences
            assert copy.index_docs == b.index_docs and copy.index_word == b.index_word


def test_fit_on_sequences_alone():
    a, b = ours.Tokenizer(num_words=10), theirs.Tokenizer(num_words=10)
    sequences = [[1, 2, 2], [2, 30], []]
    for tokenizer in (a, b):
        tokenizer.fit_on_sequences(sequences)
    assert a.index_docs == b.index_docs
    np.testing.assert_allclose(
        a.sequences_to_matrix(sequences, "tfidf"), b.sequences_to_matrix(sequences, "tfidf")
    )


def test_errors():
    with pytest.warns(UserWarning, match="nb_words"):
        assert ours.Tokenizer(nb_words=3).num_words == 3
    with pytest.raises(TypeError, match="words"):
        ours.Tokenizer(words=3)
    tokenizer = ours.Tokenizer()
    with pytest.raises(ValueError, match="width of the rows"):
        tokenizer.sequences_to_matrix([[1]])
    tokenizer.num_words = 5
    with pytest.raises(ValueError, match="tfidf"):
        tokenizer.sequences_to_matrix([[1]], "tfidf")
    with pytest.raises(ValueError, match="mode to be one of 'binary'"):
        tokenizer.sequences_to_matrix([[1]], "bm25")
