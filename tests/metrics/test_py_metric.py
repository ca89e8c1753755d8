"""PyMetric: Python code in compiled training."""

import numpy as np
import tf_keras

import tfk

X = np.random.default_rng(0).random((6, 3), "float32")
Y = X[:, :1]


def results(keras):
    class Distance(keras.metrics.experimental.PyMetric):
        def reset_state(self):
            self.total, self.count = 0.0, 0

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total += float(np.abs(y_true.numpy() - y_pred.numpy()).sum())
            self.count += len(y_true)

        def result(self):
            return self.total / max(self.count, 1)

    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones", input_shape=(3,))])
    model.compile("sgd", "mse", metrics=[Distance(name="distance")])
    history = model.fit(X, Y, 4, 2, shuffle=False, verbose=0, validation_data=(X, Y)).history
    return history["distance"], history["val_distance"], model.evaluate(X, Y, verbose=0)


def test_history_equals_that_of_keras():
    for ours, theirs in zip(results(tfk), results(tf_keras)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
