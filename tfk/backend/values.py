"""Reading and changing variables."""

import numpy as np
import tensorflow as tf


def get_value(x):
    """Return the value of a variable or tensor as an array; anything else is returned unchanged.

    Args:
        x: Variable, tensor, or another object.

    >>> get_value(tf.Variable([1.0]))
    array([1.], dtype=float32)
    """
    if not (tf.is_tensor(x) or isinstance(x, tf.Variable)):
        return x
    with tf.init_scope():
        return x.numpy()


def batch_get_value(tensors):
    """Return the values of several variables or tensors.

    Args:
        tensors: List of variables or tensors.

    >>> batch_get_value([tf.Variable([1.0]), tf.Variable([2, 3])])
    [array([1.], dtype=float32), array([2, 3], dtype=int32)]
    """
    return [get_value(x) for x in tensors]


def set_value(x, value):
    """Set the value of a variable.

    Args:
        x: The variable, such as `optimizer.learning_rate`.
        value: New value, of the same shape.

    Raises: TypeError if `x` is not a variable.
    >>> x = tf.Variable([1.0])
    >>> set_value(x, [5.0])
    >>> x.numpy()
    array([5.], dtype=float32)
    """
    if not hasattr(x, "assign"):
        raise TypeError(f"set_value: expected a variable, got {type(x).__name__} {x!r}.")
    x.assign(np.asarray(value, dtype=tf.as_dtype(x.dtype).as_numpy_dtype))


def batch_set_value(tuples):
    """Set the values of several variables.

    Args:
        tuples: Pairs of variable and value.

    >>> x = tf.Variable([1.0])
    >>> batch_set_value([(x, [5.0])])
    >>> x.numpy()
    array([5.], dtype=float32)
    """
    for x, value in tuples:
        set_value(x, value)


def update(x, new_x):
    """Assign a tensor to a variable, also inside a graph.

    Args:
        x: The variable.
        new_x: New value, of the same shape.

    >>> float(update(tf.Variable(1.0), 5.0))
    5.0
    """
    return x.assign(new_x)


def update_add(x, increment):
    """Add to a variable, also inside a graph.

    Args:
        x: The variable.
        increment: Tensor to add.

    >>> float(update_add(tf.Variable(1.0), 5.0))
    6.0
    """
    return x.assign_add(increment)


def update_sub(x, decrement):
    """Subtract from a variable, also inside a graph.

    Args:
        x: The variable.
        decrement: Tensor to subtract.

    >>> float(update_sub(tf.Variable(1.0), 5.0))
    -4.0
    """
    return x.assign_sub(decrement)


def moving_average_update(x, value, momentum):
    """Update a moving average: `momentum * x + (1 - momentum) * value`.

    Args:
        x: The variable that holds the average.
        value: New value.
        momentum: Weight of the old average, in `[0, 1]`.

    >>> float(moving_average_update(tf.Variable(1.0), 3.0, 0.5))
    2.0
    """
    momentum, value = tf.cast(momentum, x.dtype), tf.cast(value, x.dtype)
    return x.assign_sub((x - value) * (1 - momentum))
