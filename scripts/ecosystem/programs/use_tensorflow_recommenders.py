"""A two-tower retrieval model and a ranking model."""

import numpy as np
import tensorflow as tf
import tensorflow_recommenders as tfrs
from tensorflow import keras

users, items = [str(i) for i in range(20)], [str(i) for i in range(30)]
rng = np.random.RandomState(0)
data = tf.data.Dataset.from_tensor_slices(
    {
        "user": rng.choice(users, 128),
        "item": rng.choice(items, 128),
        "rating": rng.rand(128).astype("float32"),
    }
).batch(32)


def tower(names):
    return keras.Sequential(
        [keras.layers.StringLookup(vocabulary=names), keras.layers.Embedding(len(names) + 1, 8)]
    )


class TwoTower(tfrs.Model):
    def __init__(self):
        super().__init__()
        self.user, self.item = tower(users), tower(items)
        self.rating = keras.Sequential(
            [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
        )
        candidates = tf.data.Dataset.from_tensor_slices(items).batch(16).map(self.item)
        self.retrieval = tfrs.tasks.Retrieval(metrics=tfrs.metrics.FactorizedTopK(candidates))
        self.ranking = tfrs.tasks.Ranking(
            loss=keras.losses.MeanSquaredError(), metrics=[keras.metrics.RootMeanSquaredError()]
        )

    def compute_loss(self, features, training=False):
        u, i = self.user(features["user"]), self.item(features["item"])
        rating = self.rating(tf.concat([u, i], 1))
        return self.retrieval(u, i) + self.ranking(labels=features["rating"], predictions=rating)


model = TwoTower()
model.compile(keras.optimizers.Adagrad(0.1))
history = model.fit(data, epochs=2, verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
result = model.evaluate(data, return_dict=True, verbose=0)
assert 0 < result["factorized_top_k/top_10_categorical_accuracy"] <= 1
index = tfrs.layers.factorized_top_k.BruteForce(model.user)
index.index_from_dataset(
    tf.data.Dataset.from_tensor_slices(items).batch(16).map(lambda t: (t, model.item(t)))
)
scores, titles = index(tf.constant(["3"]), k=4)
assert titles.shape == (1, 4)
cross = keras.Sequential([tfrs.layers.dcn.Cross(), keras.layers.Dense(1)])
cross.compile("adam", "mse")
cross.fit(rng.rand(16, 4), rng.rand(16), verbose=0)
print("ok")
