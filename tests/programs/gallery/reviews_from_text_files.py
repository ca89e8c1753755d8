"""Text files in folders: standardization, vocabulary, n-grams, a model that takes strings."""

import os
import re
import string
import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses, preprocessing
from tensorflow.keras.layers.experimental.preprocessing import TextVectorization

rng = np.random.RandomState(0)
words = "good bad film plot <br /> actor! great awful never again".split(" ")
for label in ("neg", "pos"):
    os.makedirs(f"reviews/{label}", exist_ok=True)
    for i in range(8):
        text = " ".join(rng.choice(words, 7)) + (" lovely" if label == "pos" else " boring")
        with open(f"reviews/{label}/{i}.txt", "w") as file:
            file.write(text)
raw_train = preprocessing.text_dataset_from_directory("reviews", batch_size=4, shuffle=False)
part = tf.keras.utils.text_dataset_from_directory(
    "reviews",
    label_mode="categorical",
    batch_size=3,
    validation_split=0.25,
    subset="validation",
    seed=7,
    shuffle=False,
)


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped, "[%s]" % re.escape(string.punctuation), "")


vectorize_layer = TextVectorization(
    standardize=custom_standardization, max_tokens=15, output_mode="int", output_sequence_length=9
)
vectorize_layer.adapt(raw_train.map(lambda x, y: x))


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


train = raw_train.map(vectorize_text).cache().prefetch(buffer_size=tf.data.AUTOTUNE)
model = tf.keras.Sequential(
    [
        layers.Embedding(
            15 + 1, 4, embeddings_initializer=tf.keras.initializers.RandomNormal(seed=1)
        ),
        layers.Dropout(0.0),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, kernel_initializer="ones"),
    ]
)
model.compile(
    loss=losses.BinaryCrossentropy(from_logits=True),
    optimizer="adam",
    metrics=tf.metrics.BinaryAccuracy(threshold=0.0),
)
history = model.fit(train, validation_data=train, epochs=3, verbose=0)
export_model = tf.keras.Sequential([vectorize_layer, model, layers.Activation("sigmoid")])
export_model.compile(
    loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"]
)
loss, accuracy = export_model.evaluate(raw_train, verbose=0)
strings = tf.constant(["great lovely film", "awful boring plot", ""])

bigrams = TextVectorization(max_tokens=12, ngrams=2, output_mode="tf_idf")
bigrams.adapt(raw_train.map(lambda x, y: x))
counts = layers.TextVectorization(output_mode="count", vocabulary=["good", "bad", "film"])
pairs = layers.TextVectorization(split="character", ngrams=(1, 2), standardize="lower")
pairs.adapt(["abc", "aab"])
ragged = layers.TextVectorization(vocabulary=["good", "bad"], ragged=True)
inputs = tf.keras.Input(shape=(1,), dtype=tf.string)
bag = tf.keras.Model(inputs, layers.Dense(2, kernel_initializer="ones")(bigrams(inputs)))
np.savez(
    sys.argv[1],
    keys=list(history.history),
    values=[history.history[k] for k in history.history],
    classes=raw_train.class_names,
    vocabulary=vectorize_layer.get_vocabulary(),
    first=next(iter(train))[0],
    part=np.concatenate([y for _, y in part]),
    evaluated=[loss, accuracy],
    exported=export_model.predict(strings, verbose=0),
    bigrams=bigrams(strings),
    bigram_words=bigrams.get_vocabulary(),
    counts=counts([["good good film"], ["bad x"]]),
    pairs=pairs(["abca"]),
    pair_words=pairs.get_vocabulary(include_special_tokens=False),
    ragged=ragged(tf.constant(["good x bad", "bad"])).to_tensor(),
    bag=bag.predict(strings, verbose=0),
    config=sorted(bigrams.get_config()),
    size=vectorize_layer.vocabulary_size(),
)
