"""Reductions along an axis."""

import tensorflow as tf

from tfk import config

cumsum = tf.cumsum
cumprod = tf.math.cumprod


def max(x, axis=None, keepdims=False):
    """Maximum along `axis`: an integer, several, or None for all axes."""
    return tf.reduce_max(x, axis, keepdims)


def min(x, axis=None, keepdims=False):
    """Minimum along `axis`."""
    return tf.reduce_min(x, axis, keepdims)


def sum(x, axis=None, keepdims=False):
    """Sum along `axis`."""
    return tf.reduce_sum(x, axis, keepdims)


def prod(x, axis=None, keepdims=False):
    """Product along `axis`."""
    return tf.reduce_prod(x, axis, keepdims)


def mean(x, axis=None, keepdims=False):
    """Mean along `axis`; for booleans, the fraction that is true.

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
    """Return whether any element along `axis` is nonzero."""
    return tf.reduce_any(tf.cast(x, tf.bool), axis, keepdims)


def all(x, axis=None, keepdims=False):
    """Return whether all elements along `axis` are nonzero."""
    return tf.reduce_all(tf.cast(x, tf.bool), axis, keepdims)


def argmax(x, axis=-1):
    """Index of the maximum along `axis`."""
    return tf.argmax(x, axis)


def argmin(x, axis=-1):
    """Index of the minimum along `axis`."""
    return tf.argmin(x, axis)


def _numbers(x):
    return tf.cast(x, config.floatx()) if getattr(x, "dtype", None) == tf.bool else x
