"""Elementwise functions."""

import numpy as np
import tensorflow as tf

from tfk import config

abs = tf.abs
cast = tf.cast
cos = tf.cos
equal = tf.equal
exp = tf.exp
greater = tf.greater
greater_equal = tf.greater_equal
less = tf.less
less_equal = tf.less_equal
log = tf.math.log
maximum = tf.maximum
minimum = tf.minimum
not_equal = tf.not_equal
round = tf.round  # to the nearest even number at .5
sign = tf.sign
sin = tf.sin
sqrt = tf.sqrt
square = tf.square


def pow(x, a):
    """Raise `x` to the power of `a`, elementwise.

    Args:
        x: Tensor of numbers.
        a: Exponent, a number or a tensor that broadcasts against `x`.

    >>> pow(tf.constant([2.0, 3.0]), 2).numpy()
    array([4., 9.], dtype=float32)
    """
    return tf.pow(x, a)


def clip(x, min_value, max_value):
    """Limit the elements of `x` to a range.

    Args:
        x: Tensor of numbers.
        min_value: Smallest value; None for no limit.
        max_value: Largest value, or None; below `min_value` it counts as `min_value`.

    >>> clip(tf.constant([-1.0, 5.0]), 0, None).numpy()
    array([0., 5.], dtype=float32)
    """
    min_value = -np.inf if min_value is None else min_value
    max_value = np.inf if max_value is None else max_value
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)):
        max_value = max_value if max_value > min_value else min_value
    return tf.clip_by_value(x, min_value, max_value)


def cast_to_floatx(x):
    """Cast `x` to the default float dtype.

    Args:
        x: Tensor, variable, or array.

    Returns:
        A tensor for a tensor or variable, else an array.

    >>> cast_to_floatx([1, 2])
    array([1., 2.], dtype=float32)
    """
    if tf.is_tensor(x) or isinstance(x, tf.Variable):
        return tf.cast(x, config.floatx())
    return np.asarray(x, dtype=config.floatx())
