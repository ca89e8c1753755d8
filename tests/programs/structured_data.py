"""A table with numbers and words: preprocessing layers adapted to tf.data, then a functional
model.
"""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model, initializers, layers

rng = np.random.RandomState(19)
age = rng.randint(18, 80, (48, 1)).astype("float32")
city = np.array(["Rome", "Oslo", "Lima", "Bonn"], object)[rng.randint(0, 4, 48)]
visits = rng.randint(0, 5, 48)
target = ((age[:, 0] > 45) & (city != "Oslo")).astype("float32")
ds = tf.data.Dataset.from_tensor_slices(
    ({"age": age, "city": city, "visits": visits}, target)
).batch(8)

normalizer = layers.Normalization()
normalizer.adapt(ds.map(lambda features, label: features["age"]))
lookup = layers.StringLookup(output_mode="one_hot")
lookup.adapt(ds.map(lambda features, label: features["city"]))
inputs = {
    "age": Input((1,), name="age"),
    "city": Input((), name="city", dtype="string"),
    "visits": Input((), name="visits", dtype="int64"),
}
parts = [
    normalizer(inputs["age"]),
    lookup(inputs["city"]),
    layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")(inputs["visits"]),
]
x = layers.concatenate(parts)
x = layers.Dense(6, activation="relu", kernel_initializer=initializers.GlorotUniform(seed=1))(x)
output = layers.Dense(
    1, activation="sigmoid", kernel_initializer=initializers.GlorotUniform(seed=2)
)(x)
model = Model(inputs, output)
model.compile(
    "adam",
    "binary_crossentropy",
    metrics=["accuracy", tf.keras.metrics.Precision(), tf.keras.metrics.Recall(name="recall")],
)
history = model.fit(ds, epochs=3, verbose=0)
vectorizer = layers.TextVectorization(max_tokens=10, output_sequence_length=4)
vectorizer.adapt(["the cat sat", "the dog sat down", "a cat"])

np.savez(
    sys.argv[1],
    vocabulary=lookup.get_vocabulary(),
    words=vectorizer.get_vocabulary(),
    vectors=vectorizer(["the cat and the dog"]).numpy(),
    moments=[np.squeeze(normalizer.mean), np.squeeze(normalizer.variance)],
    encoded=x.shape[-1],
    names=list(history.history),
    loss=history.history["loss"],
    recall=history.history["recall"],
    predictions=model.predict(ds, verbose=0),
)
