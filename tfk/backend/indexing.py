"""Choosing elements by their numbers."""

import tensorflow as tf


def gather(reference, indices):
    """The rows of `reference` with the numbers `indices`."""
    return tf.gather(reference, indices)


def one_hot(indices, num_classes):
    """Rows of zeros with a one at the place of each number."""
    return tf.one_hot(indices, num_classes)


def in_top_k(predictions, targets, k):
    """Whether each target is among the `k` largest predictions of its row."""
    return tf.math.in_top_k(targets, predictions, k)
