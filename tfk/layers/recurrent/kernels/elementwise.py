"""Activations whose slope can be told from their value: what the hand-written backward loops
need.
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
# sigmoid of `activations` also notes its logits for a loss, which no gate needs.
_FUNCTIONS = {name: getattr(activations, name) for name in _SLOPES} | {"sigmoid": tf.sigmoid}
_NAMES = {
    **{getattr(activations, name): name for name in _SLOPES},
    **{
        getattr(tf.nn, name): name
        for name in ("tanh", "sigmoid", "relu", "elu", "selu", "softplus", "softsign")
    },
}


def known_name(activation):
    """The Keras name of an activation (a function) that the fused loops can differentiate, else
    None.
    """
    try:
        return _NAMES.get(activation)
    except TypeError:  # an activation that cannot be hashed
        return None


def function(name):
    """The activation called `name`."""
    return _FUNCTIONS[name]


def slope(name, value):
    """Derivative of activation `name` at the point where it has `value`."""
    return _SLOPES[name](value)
