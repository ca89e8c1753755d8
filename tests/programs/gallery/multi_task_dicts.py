"""Several tasks: dicts of losses, weights and metrics, a dataset of dicts, unused outputs."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(0)
n = 32
title, body = rng.randint(0, 20, (n, 6)), rng.randint(0, 20, (n, 9))
tags = rng.randint(0, 2, (n, 4)).astype("float32")
priority = rng.rand(n, 1).astype("float32")
department = np.eye(3)[rng.randint(0, 3, n)].astype("float32")

title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(4,), name="tags")
embedding = layers.Embedding(20, 5)
title_features = layers.LSTM(4)(embedding(title_input))
body_features = layers.LSTM(3)(layers.Embedding(20, 5)(body_input))
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority", activation="sigmoid")(x)
department_pred = layers.Dense(3, name="department")(x)
model = keras.Model(
    inputs={"title": title_input, "body": body_input, "tags": tags_input},
    outputs={"priority": priority_pred, "department": department_pred},
)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(
    optimizer=keras.optimizers.RMSprop(
        keras.optimizers.schedules.PiecewiseConstantDecay([3, 6], [1e-2, 1e-3, 1e-4])
    ),
    loss={
        "priority": keras.losses.BinaryCrossentropy(),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy", keras.metrics.TopKCategoricalAccuracy(2, "top2")]},
    weighted_metrics={"priority": "mae"},
)
features = {"title": title, "body": body, "tags": tags}
targets = {"priority": priority, "department": department}
weights = {"priority": rng.rand(n), "department": np.ones(n)}
dataset = tf.data.Dataset.from_tensor_slices((features, targets, weights)).batch(8)
history = model.fit(dataset, epochs=2, verbose=0, validation_data=(features, targets))
arrays = model.fit(features, targets, sample_weight=weights, batch_size=8, verbose=0, shuffle=False)
logs = model.evaluate(dataset, verbose=0, return_dict=True)
predictions = model.predict(features, verbose=0)

lists = keras.Model([title_input, body_input, tags_input], [priority_pred, department_pred])
lists.compile("sgd", [None, "mse"], loss_weights=[0.5, 2.0], metrics=[["mae"], ["mse", "mae"]])
two = lists.fit([title, body, tags], [priority, department], 16, verbose=0, shuffle=False)


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(4, activation="elu", kernel_initializer="ones")
        self.heads = {"a": layers.Dense(1, kernel_initializer="ones"), "b": layers.Dense(2)}
        self.heads["b"].kernel_initializer = keras.initializers.get("zeros")

    def call(self, inputs, training=None):
        x = self.hidden(inputs["tags"])
        return {"a": self.heads["a"](x), "b": self.heads["b"](x)}


sub = Regressor()
sub.compile("adam", {"a": "mse", "b": "mae"}, metrics={"a": "mae", "b": ["mse"]})
third = sub.fit(
    {"tags": tags}, {"a": priority, "b": department[:, :2]}, epochs=2, verbose=0, shuffle=False
)
np.savez(
    sys.argv[1],
    keys=sorted(history.history),
    values=[history.history[k] for k in sorted(history.history)],
    arrays=[arrays.history[k] for k in sorted(arrays.history)],
    logs=[logs[k] for k in sorted(logs)],
    priority=predictions["priority"],
    department=predictions["department"],
    two_keys=sorted(two.history),
    two=[two.history[k] for k in sorted(two.history)],
    third_keys=sorted(third.history),
    third=[third.history[k] for k in sorted(third.history)],
    names=[sorted(model.output_names), sorted(model.input_names)],
    rate=model.optimizer.learning_rate.numpy()
    if hasattr(model.optimizer.learning_rate, "numpy")
    else 0,
)
