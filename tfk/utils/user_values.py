"""Conversion of numbers, arrays and lists of these to tensors."""

import numpy as np
import tensorflow as tf


def as_tensors(nest):
    """Return the nest with numbers and arrays as tensors; a list (of lists) of numbers is one
    array.

    >>> as_tensors([[1.0, 2.0], [3.0, 4.0]]).shape
    TensorShape([2, 2])
    """
    return tf.nest.map_structure(_as_tensor, _join_numbers(nest))


def as_separate_tensors(inputs):
    """The same for a layer of several inputs: each item of a list or tuple is one.

    >>> [x.shape for x in as_separate_tensors(([1, 2], [3, 4]))]
    [TensorShape([2]), TensorShape([2])]
    """
    if isinstance(inputs, (list, tuple)):
        return [as_tensors(each) for each in inputs]
    return as_tensors(inputs)


def _join_numbers(nest):
    if isinstance(nest, (list, tuple)) and nest:
        flat = tf.nest.flatten(nest)
        if all(isinstance(value, (int, float, np.generic)) for value in flat):
            return np.asarray(nest)
    return nest


def _as_tensor(value):
    if isinstance(value, (np.ndarray, np.generic, float, int)) and not isinstance(value, bool):
        return tf.convert_to_tensor(value)
    return value
