"""DynamicLookup: numbers, counts, eviction, files."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers.experimental import DynamicLookup
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object

FRUITS = tf.constant(["apple", "banana", "cherry", "date", "elder"])


def top(layer, k):
    return [token.decode() for token in layer.get_top_vocabulary(k).numpy()]


def test_numbers_and_counts():
    layer = DynamicLookup(5, FRUITS)
    numbers = layer(tf.constant([["date", "fig"], ["apple", "date"]]))
    assert numbers.dtype == tf.int64 and numbers.numpy().tolist() == [[3, 5], [0, 3]]
    layer(tf.constant(["date", "banana"]))
    assert top(layer, 2) == ["date", "apple"]  # each token counts once a call; ties go by place
    assert set(top(layer, 6)) == {"apple", "banana", "cherry", "date", "elder", "fig"}
    layer(tf.constant(["zucchini"] * 3), learn_vocab=False)
    assert "zucchini" not in top(layer, 6)
    assert layer.get_vocabulary().numpy().tolist() == FRUITS.numpy().tolist()


def test_the_least_frequent_make_room():
    layer = DynamicLookup(5, FRUITS)  # the table has 6 places
    layer(tf.constant(["banana", "cherry", "date", "elder"]))
    layer(tf.constant(["fig"]))
    layer(tf.constant(["grape"]))  # in the place of "apple", the only one never seen
    assert set(top(layer, 6)) == {"banana", "cherry", "date", "elder", "fig", "grape"}


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64, tf.string])
def test_random_first_vocabulary(dtype):
    layer = DynamicLookup(4, dtype)
    tokens = layer.initial_vocabulary
    assert tokens.dtype == dtype and tokens.shape == (4,)
    assert (layer(tokens).numpy() < 4).all()


def test_integers_in_a_function_and_a_model():
    layer = DynamicLookup(3, tf.constant([10, 20, 30]))
    compiled = tf.function(lambda x: layer(x))
    assert compiled(tf.constant([30, 7])).numpy().tolist() == [2, 3]
    inputs = tfk.Input((2,), dtype="int32")
    model = tfk.Model(inputs, layer(inputs))
    assert model.predict(np.array([[10, 20]]), verbose=0).tolist() == [[0, 1]]


def test_config_and_files(tmp_path):
    layer = DynamicLookup(5, FRUITS)
    copy = deserialize_keras_object(serialize_keras_object(layer))
    assert copy.get_config() == layer.get_config()
    inputs = tfk.Input((), dtype="string")
    model = tfk.Model(inputs, layer(inputs))
    model(tf.constant(["fig", "date"]))
    model.save(tmp_path / "m.keras")
    loaded = tfk.models.load_model(tmp_path / "m.keras")
    assert top(loaded.layers[1], 6) == top(layer, 6)
    layer.save_assets(str(tmp_path))
    assert (tmp_path / "vocabulary.txt").read_text().split("\n") == [
        f.decode() for f in FRUITS.numpy()
    ]


def test_errors():
    for arguments, words in (
        ((0, FRUITS), "vocabulary_size"),
        ((4, FRUITS), r"expected 4 strings or integers, got string of shape \(5,\)"),
        ((5, tf.float32), "tf.int64, got tf.float32"),
        ((5, FRUITS, "LRU"), "eviction_policy"),
    ):
        with pytest.raises(ValueError, match=words):
            DynamicLookup(*arguments)
