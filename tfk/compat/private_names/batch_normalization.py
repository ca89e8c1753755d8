"""Private names of `BatchNormalization`."""

import tensorflow as tf

from tfk.backend.session import learning_phase
from tfk.layers.normalization.batch_normalization import BatchNormalization

CLASS = BatchNormalization


def _get_training_value(layer, training=None):
    """Whether to use the moments of the batch: a bool, or a tensor that says so."""
    training = learning_phase() if training is None else training
    return training if layer.trainable else False


def _moments(layer, inputs, reduction_axes, keep_dims, mask=None):
    """Mean and variance over some axes."""
    return tf.nn.moments(inputs, reduction_axes, keepdims=keep_dims)


def _assign_moving_average(layer, variable, value, momentum, inputs_size):
    """Moves a variable towards a value, unless there are no inputs."""
    step = (variable - tf.cast(value, variable.dtype)) * tf.cast(1.0 - momentum, variable.dtype)
    if inputs_size is not None:
        step = tf.where(inputs_size > 0, step, tf.zeros_like(step))
    return variable.assign_sub(step)


NAMES = {
    "_assign_moving_average": (_assign_moving_average, "qkeras"),
    "_get_training_value": (_get_training_value, "qkeras"),
    "_moments": (_moments, "qkeras"),
    "_param_dtype": (property(lambda layer: layer.variable_dtype), "qkeras"),
    "_support_zero_size_input": (lambda layer: layer._may_be_empty(), "qkeras"),
}
