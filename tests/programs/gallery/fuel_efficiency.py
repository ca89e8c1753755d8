"""The basic regression tutorial: adapted normalization first, dict of models, early stopping."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(14)
features = rng.rand(80, 4).astype("float32") * [100, 10, 1, 5]
labels = (features @ [0.1, 1, 2, -1] + 5).astype("float32")
horsepower = np.array(features[:, 0])

horsepower_normalizer = layers.Normalization(input_shape=[1], axis=None)
horsepower_normalizer.adapt(horsepower)
normalizer = tf.keras.layers.Normalization(axis=-1)
normalizer.adapt(np.array(features))


def build_and_compile_model(norm):
    model = keras.Sequential(
        [
            norm,
            layers.Dense(8, activation="relu"),
            layers.Dense(8, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(loss="mean_absolute_error", optimizer=tf.keras.optimizers.Adam(0.01))
    return model


results, out = {}, {}
horsepower_model = tf.keras.Sequential([horsepower_normalizer, layers.Dense(units=1)])
horsepower_model.compile(
    optimizer=tf.optimizers.Adam(learning_rate=0.1), loss="mean_absolute_error"
)
models = {
    "linear": (horsepower_model, horsepower),
    "dnn_horsepower": (build_and_compile_model(horsepower_normalizer), horsepower),
    "dnn": (build_and_compile_model(normalizer), features),
}
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, min_delta=10)
for name, (model, x) in models.items():
    model.predict(x[:10], verbose=0)
    trained = model.trainable_weights
    for w in trained:
        w.assign(rng.normal(0, 0.3, w.shape))
    order = {"shuffle": False, "verbose": 0, "epochs": 6, "validation_split": 0.2}
    history = model.fit(x, labels, callbacks=[stop], **order)
    results[name] = model.evaluate(x, labels, verbose=0)
    out[f"{name}_loss"] = history.history["val_loss"]
    out[f"{name}_predictions"] = model.predict(x, verbose=0).flatten()
np.savez(sys.argv[1], results=[results[name] for name in sorted(results)], **out)
