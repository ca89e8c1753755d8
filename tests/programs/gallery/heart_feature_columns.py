"""Structured data with feature columns: buckets, vocabularies, embeddings, crosses."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import feature_column
from tensorflow.keras import layers

rng = np.random.RandomState(0)
n = 40
frame = {
    "age": rng.randint(20, 70, n).astype("int64"),
    "chol": rng.normal(200, 30, n).astype("float32"),
    "thal": rng.choice(["fixed", "normal", "reversible"], n),
    "zone": rng.choice(["a", "b", "c", "d"], n),
}
target = (frame["age"] > 45).astype("int64")


def df_to_dataset(frame, target, batch_size=8):
    return tf.data.Dataset.from_tensor_slices((dict(frame), target)).batch(batch_size)


age = feature_column.numeric_column("age")
buckets = feature_column.bucketized_column(age, boundaries=[30, 40, 50, 60])
thal = feature_column.categorical_column_with_vocabulary_list(
    "thal", ["fixed", "normal"], num_oov_buckets=1
)
zone = feature_column.categorical_column_with_hash_bucket("zone", hash_bucket_size=6)
crossed = feature_column.crossed_column([buckets, thal], hash_bucket_size=10)
columns = [
    feature_column.numeric_column("chol", normalizer_fn=lambda x: (x - 200) / 30),
    buckets,
    feature_column.indicator_column(thal),
    feature_column.embedding_column(zone, dimension=3, initializer=tf.constant_initializer(0.1)),
    feature_column.indicator_column(crossed),
]
feature_layer = layers.DenseFeatures(columns)
model = tf.keras.Sequential(
    [
        feature_layer,
        layers.Dense(6, activation="relu", kernel_initializer=tf.keras.initializers.Constant(0.05)),
        layers.Dropout(0.0),
        layers.Dense(1, kernel_initializer="ones"),
    ]
)
model.compile(
    optimizer=tf.keras.optimizers.legacy.Adam(0.01),
    loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[
        tf.keras.metrics.BinaryAccuracy(threshold=0.0),
        tf.keras.metrics.AUC(from_logits=True),
    ],
)
train = df_to_dataset(frame, target)
history = model.fit(train, validation_data=df_to_dataset(frame, target, 16), epochs=3, verbose=0)
row = {name: tf.convert_to_tensor(value[:3]) for name, value in frame.items()}
np.savez(
    sys.argv[1],
    *[np.asarray(history.history[name]) for name in history.history],
    keys=list(history.history),
    row=model(row),
    predictions=model.predict(df_to_dataset(frame, target), verbose=0),
    features=feature_layer(row),
    variables=sorted(v.shape.as_list() for v in model.trainable_variables if v.shape.rank == 2),
    evaluated=model.evaluate(train, verbose=0, return_dict=True)["loss"],
)
