"""DynamicEmbedding and its callback: new vocabularies keep the vectors of known tokens."""

import numpy as np
import tensorflow as tf

import tfk

TOKENS = np.array([["a", "x", "x", "y"], ["x", "y", "y", "a"]])


def test_frequent_tokens_take_over_and_known_ones_keep_their_vectors(tmp_path):
    layer = tfk.layers.experimental.DynamicEmbedding(
        3, 2, tf.constant(["a", "b", "c"]), input_length=4
    )
    model = tfk.Sequential([layer, tfk.layers.Flatten(), tfk.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(TOKENS, np.ones(2), epochs=2, verbose=0)
    before = layer.embedding_layer.embeddings.numpy()
    callback = tfk.callbacks.experimental.UpdateEmbeddingCallback(layer, interval=60)
    callback.set_model(model)
    callback.on_interval()
    tokens = layer.get_vocabulary().numpy().tolist()
    assert sorted(tokens) == [b"a", b"x", b"y"]
    after = layer.embedding_layer.embeddings.numpy()
    np.testing.assert_array_equal(after[tokens.index(b"a")], before[0])
    np.testing.assert_array_equal(after[3], before[3])  # unknown tokens
    slots = [v for v in model.optimizer.variables if "dynamic_embedding" in v.name]
    assert slots and not any(slot.numpy().any() for slot in slots)
    model.save(tmp_path / "model.keras")
    loaded = tfk.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(TOKENS, verbose=0), model.predict(TOKENS, verbose=0))


def test_nothing_happens_before_training():
    layer = tfk.layers.experimental.DynamicEmbedding(1, 2, tf.constant(["a"]))
    tfk.callbacks.experimental.UpdateEmbeddingCallback(layer, interval=60).on_interval()
    assert not layer.built
