"""Metrics of one's own: classes, functions, dicts of results, weights of classes and samples."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K

rng = np.random.RandomState(0)
x = rng.normal(size=(48, 5)).astype("float32")
y = (x[:, :1] + 0.3 * x[:, 1:2] > 0).astype("float32")


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    return true_positives / (K.sum(K.round(K.clip(y_true, 0, 1))) + K.epsilon())


def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    return true_positives / (K.sum(K.round(K.clip(y_pred, 0, 1))) + K.epsilon())


def f1_m(y_true, y_pred):
    precision, recall = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * ((precision * recall) / (precision + recall + K.epsilon()))


class F1(keras.metrics.Metric):
    def __init__(self, name="f1", threshold=0.5, **kwargs):
        super(F1, self).__init__(name=name, **kwargs)
        self.threshold = threshold
        self.precision = keras.metrics.Precision(threshold)
        self.recall = keras.metrics.Recall(threshold)

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.precision.update_state(y_true, y_pred, sample_weight)
        self.recall.update_state(y_true, y_pred, sample_weight)

    def result(self):
        p, r = self.precision.result(), self.recall.result()
        return tf.math.divide_no_nan(2 * p * r, p + r)

    def reset_states(self):
        self.precision.reset_states()
        self.recall.reset_states()

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class Confusion(keras.metrics.Metric):
    def __init__(self, classes, name="confusion", **kwargs):
        super().__init__(name=name, **kwargs)
        self.classes = classes
        self.table = self.add_weight(name="table", shape=(classes, classes), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        guesses = tf.cast(tf.reshape(y_pred > 0.5, [-1]), tf.int32)
        weights = None if sample_weight is None else tf.reshape(sample_weight, [-1])
        self.table.assign_add(
            tf.math.confusion_matrix(labels, guesses, self.classes, weights, dtype=self.dtype)
        )

    def result(self):
        return self.table[1, 1] / tf.reduce_sum(self.table)

    def reset_state(self):
        self.table.assign(tf.zeros_like(self.table))

    def table_of_counts(self):
        return self.table


class Printer(keras.callbacks.Callback):
    def __init__(self, data):
        super().__init__()
        self.validation, self.seen = data, []

    def on_epoch_end(self, epoch, logs={}):
        guesses = self.model.predict(self.validation[0], verbose=0)
        logs["val_manual"] = float(np.mean((guesses > 0.5) == self.validation[1]))
        self.seen.append(sorted(logs))


model = keras.models.Sequential()
model.add(keras.layers.Dense(4, input_dim=5, activation="relu", kernel_initializer="ones"))
model.add(keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones"))
confusion = Confusion(2)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adamax(learning_rate=0.05),
    metrics=["accuracy", f1_m, precision_m, recall_m, F1(), confusion],
    weighted_metrics=[keras.metrics.BinaryAccuracy(name="weighted_accuracy"), "AUC"],
)
printer = Printer((x[:8], y[:8]))
history = model.fit(
    x,
    y,
    batch_size=16,
    epochs=3,
    verbose=0,
    shuffle=False,
    class_weight={0: 1.0, 1: 3.0},
    sample_weight=np.linspace(0, 1, 48),
    callbacks=[printer],
    validation_data=(x[:10], y[:10], np.ones(10) * 0.5),
)
table = confusion.table_of_counts().numpy()
model.save("f1.keras")
loaded = keras.models.load_model("f1.keras", compile=False)
logs = model.evaluate(x, y, verbose=0, return_dict=True)
np.savez(
    sys.argv[1],
    keys=list(history.history),
    names=model.metrics_names,
    values=[history.history[k] for k in history.history],
    table=table,
    seen=printer.seen,
    evaluated=[logs[k] for k in sorted(logs)],
    loaded=loaded.predict(x, verbose=0),
    batch=model.test_on_batch(x[:7], y[:7], reset_metrics=True),
    continued=model.train_on_batch(x[:7], y[:7], class_weight={0: 2.0, 1: 0.5}, return_dict=True)[
        "loss"
    ],
)
