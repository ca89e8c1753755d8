"""Reading and changing variables."""

import numpy as np
import tensorflow as tf


def get_value(x):
    """Return the value of a variable or tensor as an array; anything else is returned unchanged."""
    if not (tf.is_tensor(x) or isinstance(x, tf.Variable)):
        return x
    with tf.init_scope():
        return x.numpy()


def batch_get_value(tensors):
    """Return the values of several variables or tensors.

    >>> batch_get_value([tf.Variable([1.0]), tf.Variable([2, 3])])
    [array([1.], dtype=float32), array([2, 3], dtype=int32)]
    """
    return [get_value(x) for x in tensors]


def set_value(x, value):
    """Set a variable.

    Args:
        x: The variable, such as `optimizer.learning_rate`.
        value: Its new value, of the same shape.
    """
    if not hasattr(x, "assign"):
        raise TypeError(f"set_value: expected a variable, got {type(x).__name__} {x!r}.")
    x.assign(np.asarray(value, dtype=tf.as_dtype(x.dtype).as_numpy_dtype))


def batch_set_value(tuples):
    """Set several variables; `tuples` are pairs of variable and value."""
    for x, value in tuples:
        set_value(x, value)


def update(x, new_x):
    """Set a variable to a tensor, also inside a graph."""
    return x.assign(new_x)


def update_add(x, increment):
    """Add to a variable."""
    return x.assign_add(increment)


def update_sub(x, decrement):
    """Subtract from a variable."""
    return x.assign_sub(decrement)


def moving_average_update(x, value, momentum):
    """Update a moving average: `momentum * x + (1 - momentum) * value`."""
    momentum, value = tf.cast(momentum, x.dtype), tf.cast(value, x.dtype)
    return x.assign_sub((x - value) * (1 - momentum))
