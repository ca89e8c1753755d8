"""Reductions along an axis."""

import tensorflow as tf

from tfk import config

cumsum = tf.cumsum
cumprod = tf.math.cumprod


def max(x, axis=None, keepdims=False):
    """Return the maximum along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> max(x, axis=0).numpy()
    array([3., 6.], dtype=float32)
    """
    return tf.reduce_max(x, axis, keepdims)


def min(x, axis=None, keepdims=False):
    """Return the minimum along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> min(x, axis=0).numpy()
    array([1., 2.], dtype=float32)
    """
    return tf.reduce_min(x, axis, keepdims)


def sum(x, axis=None, keepdims=False):
    """Return the sum along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> sum(x, axis=0).numpy()
    array([4., 8.], dtype=float32)
    """
    return tf.reduce_sum(x, axis, keepdims)


def prod(x, axis=None, keepdims=False):
    """Return the product along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> prod(x, axis=0).numpy()
    array([ 3., 12.], dtype=float32)
    """
    return tf.reduce_prod(x, axis, keepdims)


def mean(x, axis=None, keepdims=False):
    """Return the mean along `axis`; for booleans, the fraction that is true.

    Args:
        x: Tensor of numbers or booleans.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> float(mean(tf.constant([True, False])))
    0.5
    """
    return tf.reduce_mean(_numbers(x), axis, keepdims)


def var(x, axis=None, keepdims=False):
    """Return the variance along `axis`: the mean squared distance from the mean.

    Args:
        x: Tensor of numbers or booleans.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> var(x, axis=0).numpy()
    array([1., 4.], dtype=float32)
    """
    return tf.math.reduce_variance(_numbers(x), axis, keepdims)


def std(x, axis=None, keepdims=False):
    """Return the standard deviation along `axis`.

    Args:
        x: Tensor of numbers or booleans.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> x = tf.constant([[1.0, 2.0], [3.0, 6.0]])
    >>> std(x, axis=0).numpy()
    array([1., 2.], dtype=float32)
    """
    return tf.math.reduce_std(_numbers(x), axis, keepdims)


def any(x, axis=None, keepdims=False):
    """Return whether any element along `axis` is nonzero.

    Args:
        x: Tensor of numbers or booleans.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> any(tf.constant([[0, 1], [0, 0]]), axis=1).numpy()
    array([ True, False])
    """
    return tf.reduce_any(tf.cast(x, tf.bool), axis, keepdims)


def all(x, axis=None, keepdims=False):
    """Return whether all elements along `axis` are nonzero.

    Args:
        x: Tensor of numbers or booleans.
        axis: An axis, a list of axes, or None for all. Defaults to None.
        keepdims: Whether reduced axes stay, with length 1. Defaults to False.

    >>> all(tf.constant([[0, 1], [2, 1]]), axis=1).numpy()
    array([False,  True])
    """
    return tf.reduce_all(tf.cast(x, tf.bool), axis, keepdims)


def argmax(x, axis=-1):
    """Return the index of the maximum along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis. Defaults to -1.

    >>> argmax(tf.constant([[1.0, 2.0], [6.0, 3.0]])).numpy()
    array([1, 0])
    """
    return tf.argmax(x, axis)


def argmin(x, axis=-1):
    """Return the index of the minimum along `axis`.

    Args:
        x: Tensor of numbers.
        axis: An axis. Defaults to -1.

    >>> argmin(tf.constant([[1.0, 2.0], [6.0, 3.0]])).numpy()
    array([0, 1])
    """
    return tf.argmin(x, axis)


def _numbers(x):
    return tf.cast(x, config.floatx()) if getattr(x, "dtype", None) == tf.bool else x
