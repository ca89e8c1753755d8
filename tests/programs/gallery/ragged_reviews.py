"""Sentences of different lengths as ragged tensors, and in buckets of similar length."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(15)
texts = ["good film", "a bad bad film", "good", "really a good story and film", "bad", "so bad"] * 4
labels = np.array([1, 0, 1, 1, 0, 0] * 4, "float32")
vectorize = keras.layers.TextVectorization(standardize="lower_and_strip_punctuation", ragged=True)
vectorize.adapt(texts)
ids = vectorize(tf.constant(texts))

inputs = keras.Input(shape=(None,), dtype="int64", ragged=True)
x = keras.layers.Embedding(vectorize.vocabulary_size(), 6)(inputs)
x = keras.layers.LSTM(5)(x)
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
history = model.fit(tf.data.Dataset.from_tensor_slices((ids, labels)).batch(6), epochs=2, verbose=0)

padded = keras.Sequential(
    [
        keras.layers.Embedding(vectorize.vocabulary_size(), 6, mask_zero=True),
        keras.layers.Bidirectional(keras.layers.GRU(4, return_sequences=True)),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1),
    ]
)
padded(tf.zeros((1, 2), tf.int64))
padded.set_weights([rng.normal(0, 0.3, w.shape) for w in padded.get_weights()])
padded.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
rows = tf.data.Dataset.from_generator(
    lambda: zip(ids.to_list(), labels),
    output_signature=(tf.TensorSpec([None], tf.int64), tf.TensorSpec([], tf.float32)),
)
buckets = rows.bucket_by_sequence_length(lambda x, y: tf.shape(x)[0], [2, 4], [4, 4, 4])
second = padded.fit(buckets, epochs=2, verbose=0)
np.savez(
    sys.argv[1],
    vocabulary=vectorize.get_vocabulary(),
    predictions=model.predict(ids, verbose=0),
    padded=padded.predict(buckets, verbose=0),
    second=second.history["loss"],
    **history.history,
)
