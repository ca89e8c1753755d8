"""Cross-entropies per element or per sample, without averaging."""

import tensorflow as tf

from tfk import losses
from tfk.losses.crossentropy import binary_values


def binary_crossentropy(target, output, from_logits=False):
    """Binary cross-entropy of each element.

    >>> binary_crossentropy(tf.constant([1.0]), tf.constant([0.5])).numpy().round(4)
    array([0.6931], dtype=float32)
    """
    output = tf.convert_to_tensor(output)
    return binary_values(tf.cast(target, output.dtype), output, from_logits, "binary_crossentropy")


def binary_focal_crossentropy(
    target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False
):
    """Binary focal cross-entropy of each element: well-predicted elements get less weight.

    Args:
        target: 0 or 1.
        output: Probabilities, or logits with `from_logits`.
        apply_class_balancing: Whether class 1 is weighted by `alpha` and class 0 by `1 - alpha`.
            Defaults to False.
        alpha: Weight of class 1. Defaults to 0.25.
        gamma: How much well predicted elements lose. Defaults to 2.0.
        from_logits: Whether `output` holds logits. Defaults to False.
    Source: Lin et al., 2017, arXiv:1708.02002.
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
    """Cross-entropy between distributions along `axis`."""
    return losses.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def categorical_focal_crossentropy(
    target, output, alpha=0.25, gamma=2.0, from_logits=False, axis=-1
):
    """Focal cross-entropy between distributions: well-predicted classes get less weight."""
    return losses.categorical_focal_crossentropy(
        target, output, alpha=alpha, gamma=gamma, from_logits=from_logits, axis=axis
    )


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1, ignore_class=None):
    """Cross-entropy between class ids and distributions along `axis`; `ignore_class` gives
    0.
    """
    return losses.sparse_categorical_crossentropy(
        target, output, from_logits=from_logits, axis=axis, ignore_class=ignore_class
    )
