"""Updates that layers of TensorFlow 1 add."""

import numpy as np
import tensorflow as tf

import tfk


class Counts(tfk.layers.Layer):
    def build(self, shape):
        self.calls = self.add_weight("calls", (), initializer="zeros", trainable=False)

    def call(self, x):
        self.add_update([self.calls.assign_add(1.0)])  # has run already
        self.add_update(lambda: self.calls.assign_add(10.0))
        return x


def test_updates_that_are_functions_run_unless_the_layer_is_frozen():
    layer = Counts()
    layer(tf.ones((1, 1)))
    assert float(layer.calls) == 11.0 and layer.updates == []
    layer.trainable = False
    layer(tf.ones((1, 1)))
    assert float(layer.calls) == 12.0


def test_updates_run_in_training():
    layer = Counts()
    model = tfk.Sequential([layer, tfk.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 1)), np.ones((4, 1)), batch_size=2, epochs=2, verbose=0)
    assert float(layer.calls) == 44.0
