"""Cross-entropies per element or per sample, without averaging."""

import tensorflow as tf

from tfk import losses
from tfk.losses.crossentropy import binary_values


def binary_crossentropy(target, output, from_logits=False):
    """Return the binary cross-entropy of each element.

    Args:
        target: Targets, 0 or 1.
        output: Probabilities, or logits with `from_logits`, same shape.
        from_logits: Whether `output` holds logits. Defaults to False.

    >>> binary_crossentropy(tf.constant([1.0]), tf.constant([0.5])).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    output = tf.convert_to_tensor(output)
    return binary_values(tf.cast(target, output.dtype), output, from_logits, "binary_crossentropy")


def binary_focal_crossentropy(
    target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False
):
    """Return the binary focal cross-entropy of each element: well-predicted elements weigh less.

    Args:
        target: Targets, 0 or 1.
        output: Probabilities, or logits with `from_logits`, same shape.
        apply_class_balancing: Whether class 1 is weighted by `alpha` and class 0 by `1 - alpha`.
            Defaults to False.
        alpha: Weight of class 1, in `[0, 1]`. Defaults to 0.25.
        gamma: Focusing exponent, at least 0; 0 gives the plain cross-entropy. Defaults to 2.0.
        from_logits: Whether `output` holds logits. Defaults to False.
    Source: Lin et al., 2017, arXiv:1708.02002.
    >>> binary_focal_crossentropy(tf.constant([1.0]), tf.constant([0.5])).numpy().round(4)
    array([0.1733], dtype=float32)
    """
    output = tf.convert_to_tensor(output)
    target = tf.cast(target, output.dtype)
    probability = tf.sigmoid(output) if from_logits else output
    right = target * probability + (1 - target) * (1 - probability)
    values = tf.pow(1.0 - right, gamma) * binary_crossentropy(target, output, from_logits)
    if apply_class_balancing:
        values *= target * alpha + (1 - target) * (1 - alpha)
    return values


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Return the cross-entropy between distributions along `axis`.

    Args:
        target: Probabilities, such as one-hot rows.
        output: Probabilities, or logits with `from_logits`, same shape.
        from_logits: Whether `output` holds logits. Defaults to False.
        axis: Class axis. Defaults to -1.

    >>> values = categorical_crossentropy(tf.constant([[0.0, 1.0]]), tf.constant([[0.5, 0.5]]))
    >>> values.numpy().round(4)
    array([0.6931], dtype=float32)
    """
    return losses.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def categorical_focal_crossentropy(
    target, output, alpha=0.25, gamma=2.0, from_logits=False, axis=-1
):
    """Return the focal cross-entropy between distributions: well-predicted classes weigh less.

    Args:
        target: Probabilities, such as one-hot rows.
        output: Probabilities, or logits with `from_logits`, same shape.
        alpha: Weight of each class, a number or a list. Defaults to 0.25.
        gamma: Focusing exponent, at least 0. Defaults to 2.0.
        from_logits: Whether `output` holds logits. Defaults to False.
        axis: Class axis. Defaults to -1.
    Source: Lin et al., 2017, arXiv:1708.02002.
    >>> target, output = tf.constant([[0.0, 1.0]]), tf.constant([[0.5, 0.5]])
    >>> categorical_focal_crossentropy(target, output).numpy().round(4)
    array([0.0433], dtype=float32)
    """
    return losses.categorical_focal_crossentropy(
        target, output, alpha=alpha, gamma=gamma, from_logits=from_logits, axis=axis
    )


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1, ignore_class=None):
    """Return the cross-entropy between class ids and distributions along `axis`.

    Args:
        target: Class ids, without the class axis or with one of length 1.
        output: Probabilities, or logits with `from_logits`.
        from_logits: Whether `output` holds logits. Defaults to False.
        axis: Class axis of `output`. Defaults to -1.
        ignore_class: Class id whose values are 0. Defaults to None.

    >>> values = sparse_categorical_crossentropy(tf.constant([1]), tf.constant([[0.5, 0.5]]))
    >>> values.numpy().round(4)
    array([0.6931], dtype=float32)
    """
    return losses.sparse_categorical_crossentropy(
        target, output, from_logits=from_logits, axis=axis, ignore_class=ignore_class
    )
