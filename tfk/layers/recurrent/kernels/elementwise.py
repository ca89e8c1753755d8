"""Activations whose derivative is a function of the output, as required by the hand-written
loops.
"""

import tensorflow as tf

from tfk import activations


def _where_positive(positive, otherwise):
    return lambda y: tf.where(y > 0, tf.cast(positive, y.dtype), otherwise(y))


_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

# name in Keras -> derivative as a function of the value
_SLOPES = {
    "linear": tf.ones_like,
    "tanh": lambda y: 1.0 - y * y,
    "sigmoid": lambda y: y * (1.0 - y),
    "hard_sigmoid": lambda y: tf.where((y > 0) & (y < 1), tf.cast(0.2, y.dtype), tf.zeros_like(y)),
    "relu": _where_positive(1.0, tf.zeros_like),
    "relu6": lambda y: tf.cast((y > 0) & (y < 6), y.dtype),
    "leaky_relu": _where_positive(1.0, lambda y: tf.fill(tf.shape(y), tf.cast(0.2, y.dtype))),
    "elu": _where_positive(1.0, lambda y: y + 1.0),
    "selu": _where_positive(_SELU_SCALE, lambda y: y + _SELU_SCALE * _SELU_ALPHA),
    "softplus": lambda y: 1.0 - tf.exp(-y),
    "softsign": lambda y: (1.0 - tf.abs(y)) ** 2,
    "exponential": tf.identity,
}
# sigmoid of `activations` also records its logits for a loss, which gates do not need.
_FUNCTIONS = {name: getattr(activations, name) for name in _SLOPES} | {"sigmoid": tf.sigmoid}
_NAMES = {
    **{getattr(activations, name): name for name in _SLOPES},
    **{
        getattr(tf.nn, name): name
        for name in ("tanh", "sigmoid", "relu", "elu", "selu", "softplus", "softsign")
    },
}


def known_name(activation):
    """Return the Keras name of an activation (a function) that the fused loops can differentiate,
    or None.
    """
    try:
        return _NAMES.get(activation)
    except TypeError:  # an unhashable activation
        return None


def function(name):
    """Return the activation called `name`."""
    return _FUNCTIONS[name]


def slope(name, value):
    """Return the derivative of activation `name` at the point where it has `value`."""
    return _SLOPES[name](value)
