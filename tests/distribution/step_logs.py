"""Logs of a custom training step whose replicas return different values."""

import numpy as np
import tensorflow as tf

import tfk
from tfk.utils.replicas import REDUCTIONS


class Counting(tfk.Model):
    """Logs how many rows a replica has, and how many all have by a metric."""

    def __init__(self):
        super().__init__()
        self.total = tfk.metrics.Sum(name="total")

    def train_step(self, data):
        rows = tf.cast(tf.shape(data[0])[0], tf.float32)
        self.total.update_state(rows)
        return {"rows": rows, "all": self.total.result(), "constant": 7}


def logs_by_reduction(x):
    """Logs after training on one batch, by `distribute_reduction_method`."""
    return {method: logs_under(method, x) for method in REDUCTIONS}


def logs_under(method, x):
    model, seen = Counting(), []
    model.compile()
    model.distribute_reduction_method = method
    note = tfk.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs))
    model.fit(x, x, batch_size=len(x), verbose=0, callbacks=[note])
    return {name: np.asarray(value).tolist() for name, value in seen[0].items()}


# Three rows on two replicas: two and one
EXPECTED = {
    "auto": {"rows": 3, "all": 3, "constant": 7},
    "sum": {"rows": 3, "all": 3, "constant": 7},
    "first": {"rows": 2, "all": 3, "constant": 7},
    "concat": {"rows": [2, 1], "all": 3, "constant": 7},
}
