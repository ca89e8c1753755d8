"""Selection of elements by index."""

import tensorflow as tf


def gather(reference, indices):
    """Return the rows of `reference` at `indices`."""
    return tf.gather(reference, indices)


def one_hot(indices, num_classes):
    """Return one-hot rows for integer indices."""
    return tf.one_hot(indices, num_classes)


def in_top_k(predictions, targets, k):
    """Return whether each target is among the top `k` predictions of its row."""
    return tf.math.in_top_k(targets, predictions, k)
