"""Ratings by matrix factorization: string look-ups, own constraint, regularizer, initializer."""

import csv
import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import callbacks, constraints, initializers, layers, regularizers

rng = np.random.RandomState(0)
users = np.array([f"user_{i}" for i in rng.randint(0, 9, 60)])
movies = np.array([f"movie_{i}" for i in rng.randint(0, 7, 60)])
ratings = rng.randint(1, 6, 60).astype("float32")


class Ramp(initializers.Initializer):
    def __init__(self, scale=0.1):
        self.scale = scale

    def __call__(self, shape, dtype=None, **kwargs):
        return tf.reshape(tf.range(np.prod(shape), dtype=dtype) * self.scale, shape) % 1.0

    def get_config(self):
        return {"scale": self.scale}


class UnitSquare(constraints.Constraint):
    def __init__(self, limit):
        self.limit = limit

    def __call__(self, w):
        return K.clip(w, -self.limit, self.limit)

    def get_config(self):
        return {"limit": self.limit}


@keras.utils.register_keras_serializable(package="Ratings")
class Orthogonality(regularizers.Regularizer):
    def __init__(self, strength=0.01):
        self.strength = K.cast_to_floatx(strength)

    def __call__(self, x):
        gram = K.dot(K.transpose(x), x)
        return self.strength * K.sum(K.square(gram - tf.linalg.diag(tf.linalg.diag_part(gram))))

    def get_config(self):
        return {"strength": float(self.strength)}


class RecommenderNet(keras.Model):
    def __init__(self, users, movies, size=3, **kwargs):
        super().__init__(**kwargs)
        self.user_lookup = layers.StringLookup(vocabulary=users, mask_token=None)
        self.movie_lookup = layers.StringLookup(
            vocabulary=movies, mask_token=None, num_oov_indices=2
        )
        self.user_embedding = layers.Embedding(
            self.user_lookup.vocabulary_size(),
            size,
            embeddings_initializer=Ramp(),
            embeddings_regularizer=keras.regularizers.l2(1e-2),
            embeddings_constraint=UnitSquare(0.8),
        )
        self.user_bias = layers.Embedding(self.user_lookup.vocabulary_size(), 1, "zeros")
        self.movie_embedding = layers.Embedding(
            self.movie_lookup.vocabulary_size(),
            size,
            embeddings_initializer=Ramp(0.3),
            embeddings_regularizer=Orthogonality(1e-3),
            embeddings_constraint=constraints.UnitNorm(axis=1),
        )
        self.movie_bias = layers.Embedding(self.movie_lookup.vocabulary_size(), 1, "zeros")

    def call(self, inputs):
        user, movie = self.user_lookup(inputs["user"]), self.movie_lookup(inputs["movie"])
        dot = tf.reduce_sum(self.user_embedding(user) * self.movie_embedding(movie), -1, True)
        x = dot + self.user_bias(user) + self.movie_bias(movie)
        return tf.nn.sigmoid(x) * 5


def schedule(epoch, lr):
    return lr if epoch < 2 else lr * tf.math.exp(-0.5)


model = RecommenderNet(sorted(set(users)), sorted(set(movies)))
model.compile(
    loss=keras.losses.Huber(delta=2.0), optimizer=keras.optimizers.Adagrad(0.5), metrics=["mae"]
)
stopping = callbacks.EarlyStopping(
    monitor="val_mae", min_delta=0.05, patience=1, restore_best_weights=True
)
features = {"user": users, "movie": movies}
history = model.fit(
    features,
    ratings,
    batch_size=10,
    epochs=8,
    verbose=0,
    shuffle=False,
    validation_split=0.2,
    callbacks=[
        callbacks.LearningRateScheduler(schedule),
        stopping,
        callbacks.TerminateOnNaN(),
        callbacks.CSVLogger("log.csv", separator=";", append=True),
        callbacks.ModelCheckpoint("weights.{epoch:02d}.h5", save_weights_only=True, period=2),
    ],
)
with open("log.csv") as file:
    rows = list(csv.reader(file, delimiter=";"))
best = model.predict({"user": users[:4], "movie": movies[:4]}, verbose=0)
other = RecommenderNet(sorted(set(users)), sorted(set(movies)))
other({"user": users[:1], "movie": movies[:1]})
other.load_weights("weights.02.h5")
np.savez(
    sys.argv[1],
    keys=sorted(history.history),
    values=[history.history[k] for k in sorted(history.history)],
    epochs=history.epoch,
    stopped=stopping.stopped_epoch,
    header=rows[0],
    rows=np.array(rows[1:], dtype="float32"),
    best=best,
    losses=np.array([float(v) for v in model.losses]),
    norms=np.linalg.norm(model.movie_embedding.get_weights()[0], axis=1),
    limits=np.abs(model.user_embedding.get_weights()[0]).max() <= 0.8,
    unknown=model({"user": tf.constant(["nobody"]), "movie": tf.constant(["nothing"])}),
    other=other.predict(features, verbose=0),
    variables=[v.shape.as_list()[0] for v in model.trainable_variables],
)
