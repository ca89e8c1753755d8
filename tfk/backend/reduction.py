"""Functions that join the elements along an axis."""

import tensorflow as tf

from tfk import config

cumsum = tf.cumsum
cumprod = tf.math.cumprod


def max(x, axis=None, keepdims=False):
    """Largest value along `axis`, a number, several, or None for all."""
    return tf.reduce_max(x, axis, keepdims)


def min(x, axis=None, keepdims=False):
    """Smallest value along `axis`."""
    return tf.reduce_min(x, axis, keepdims)


def sum(x, axis=None, keepdims=False):
    """Sum along `axis`."""
    return tf.reduce_sum(x, axis, keepdims)


def prod(x, axis=None, keepdims=False):
    """Product along `axis`."""
    return tf.reduce_prod(x, axis, keepdims)


def mean(x, axis=None, keepdims=False):
    """Mean along `axis`; of booleans, the share that is true.

    >>> float(mean(tf.constant([True, False])))
    0.5
    """
    return tf.reduce_mean(_numbers(x), axis, keepdims)


def var(x, axis=None, keepdims=False):
    """Variance along `axis`, divided by the number of elements."""
    return tf.math.reduce_variance(_numbers(x), axis, keepdims)


def std(x, axis=None, keepdims=False):
    """Standard deviation along `axis`."""
    return tf.math.reduce_std(_numbers(x), axis, keepdims)


def any(x, axis=None, keepdims=False):
    """Whether some element along `axis` is not zero."""
    return tf.reduce_any(tf.cast(x, tf.bool), axis, keepdims)


def all(x, axis=None, keepdims=False):
    """Whether no element along `axis` is zero."""
    return tf.reduce_all(tf.cast(x, tf.bool), axis, keepdims)


def argmax(x, axis=-1):
    """Place of the largest value along `axis`."""
    return tf.argmax(x, axis)


def argmin(x, axis=-1):
    """Place of the smallest value along `axis`."""
    return tf.argmin(x, axis)


def _numbers(x):
    return tf.cast(x, config.floatx()) if getattr(x, "dtype", None) == tf.bool else x
