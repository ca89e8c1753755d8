"""Layers that only run eagerly, in models made of Inputs."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.layers import Dense, Layer


class Doubles(Layer):
    """Loops over the samples, which no graph can do."""

    def __init__(self, **kwargs):
        super().__init__(dynamic=True, **kwargs)

    def call(self, x):
        return tf.stack([row * 2.0 for row in x])


class KnowsItsShape(Doubles):
    def compute_output_shape(self, input_shape):
        return input_shape


class Chooses(KnowsItsShape):
    def __init__(self):
        super().__init__()
        self.dense = Dense(2, kernel_initializer="ones")

    def call(self, x):
        return self.dense(x) * (2.0 if float(tf.reduce_sum(x)) > 0 else 1.0)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2)


def test_dynamic_layer_in_a_functional_model():
    x = tfk.Input((3,))
    model = tfk.Model(x, KnowsItsShape()(x))
    model.compile("sgd", "mse")
    assert model.dynamic and model.run_eagerly and model.output_shape == (None, 3)
    np.testing.assert_allclose(model.predict(np.ones((2, 3)), verbose=0), np.full((2, 3), 2.0))


def test_weights_of_dynamic_layers_appear_in_the_first_step():
    x = tfk.Input((3,))
    model = tfk.Model(x, Dense(1)(Chooses()(x)))
    assert len(model.weights) == 2
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 3)), np.ones((2, 1)), verbose=0)
    assert len(model.weights) == 4 and len(model.trainable_weights) == 4


def test_dynamic_layer_needs_compute_output_shape():
    with pytest.raises(NotImplementedError, match="compute_output_shape"):
        Doubles()(tfk.Input((3,)))
    model = tfk.Sequential([Doubles()])  # runs without a graph of layers
    np.testing.assert_allclose(model(np.ones((2, 3), "float32")), np.full((2, 3), 2.0))
