"""Selection of elements by index."""

import tensorflow as tf


def gather(reference, indices):
    """Return the rows of `reference` at `indices`.

    Args:
        reference: Tensor `(n, ...)`.
        indices: Tensor of integers in `[0, n)`.

    >>> gather(tf.constant([10, 20, 30]), [2, 0]).numpy()
    array([30, 10], dtype=int32)
    """
    return tf.gather(reference, indices)


def one_hot(indices, num_classes):
    """Return one-hot rows for integer indices.

    Args:
        indices: Tensor of integers; indices outside `[0, num_classes)` give zeros.
        num_classes: Length of each row.

    >>> one_hot([1, 0], 3).numpy()
    array([[0., 1., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    return tf.one_hot(indices, num_classes)


def in_top_k(predictions, targets, k):
    """Return whether each target is among the top `k` predictions of its row.

    Args:
        predictions: Scores `(batch, classes)`.
        targets: Class ids `(batch,)`.
        k: Number of top predictions to consider.

    >>> in_top_k([[0.1, 0.7, 0.2]], [2], k=2).numpy()
    array([ True])
    """
    return tf.math.in_top_k(targets, predictions, k)
