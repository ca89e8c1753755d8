"""`keras.__internal__`: values of other classes as outputs of layers."""

import numpy as np
import tensorflow as tf

import tfk
from tfk.compat.old_files import internal


class Interval:
    """What stands for a distribution: two tensors, and one that converts to."""

    def __init__(self, middle, width):
        self.middle, self.width = middle, width
        self.shape, self.dtype = middle.shape, middle.dtype


tf.register_tensor_conversion_function(
    Interval, lambda value, dtype=None, name=None, as_ref=False: value.middle
)
internal.register_symbolic_tensor_type(Interval)


class ToInterval(tfk.layers.Layer):
    def call(self, inputs):
        return Interval(inputs, tf.abs(inputs))


def outside(y, interval):
    assert isinstance(interval, Interval)
    return tf.nn.relu(tf.abs(y - interval.middle) - interval.width)


def test_a_layer_of_a_model_may_return_a_registered_class():
    dense = tfk.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))
    model = tfk.Sequential([dense, ToInterval()])
    assert model.output_shape == (None, 1)
    x = np.array([[1.0, 2.0], [0.0, 1.0]], "float32")
    interval = model(x)
    assert isinstance(interval, Interval)
    np.testing.assert_allclose(interval.width, [[3.0], [1.0]])
    model.compile("sgd", outside)
    assert model.train_on_batch(x, np.array([[7.0], [1.0]])) == 0.5
    following = tfk.Model(model.inputs, tfk.layers.Rescaling(2.0)(model.outputs[0]))
    assert following.predict(x, verbose=0).shape == (2, 1)
    assert model.predict(x, verbose=0).shape == (2, 1)
