"""Transformer layers, a small BERT and text generation of KerasNLP 0.6."""

import keras_nlp
import numpy as np
import tensorflow as tf
from tensorflow import keras

inputs = keras.Input((8,), dtype="int32")
t = keras_nlp.layers.TokenAndPositionEmbedding(50, 8, 16)(inputs)
t = keras_nlp.layers.TransformerEncoder(32, 2)(t)
t = keras_nlp.layers.TransformerDecoder(32, 2)(t)
model = keras.Model(inputs, keras.layers.Dense(50)(t))
model.compile(
    "adam",
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    weighted_metrics=[keras_nlp.metrics.Perplexity(from_logits=True)],
)
ids = np.random.RandomState(0).randint(1, 50, (16, 8))
model.fit(ids, ids, epochs=1, verbose=0)
bert = keras_nlp.models.BertBackbone(
    vocabulary_size=50,
    num_layers=1,
    num_heads=2,
    hidden_dim=8,
    intermediate_dim=16,
    max_sequence_length=8,
)
classifier = keras_nlp.models.BertClassifier(bert, 2, preprocessor=None)
data = {"token_ids": ids, "segment_ids": np.zeros_like(ids), "padding_mask": np.ones_like(ids)}
classifier.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
classifier.fit(data, np.zeros(16), epochs=1, verbose=0)
bleu = keras_nlp.metrics.EditDistance()
bleu.update_state([["a", "b"]], [["a", "c"]])
sampler = keras_nlp.samplers.GreedySampler()
out = sampler(
    next=lambda prompt, cache, index: (tf.ones((tf.shape(prompt)[0], 50)), None, cache),
    prompt=tf.ones((2, 6), tf.int32),
    index=2,
)
assert out.shape == (2, 6)
print("ok")
