"""Logits attached to the probabilities computed from them.

A cross-entropy computed from logits is exact where one computed from rounded probabilities is not.
`activations.softmax` and `activations.sigmoid` attach what they were given; losses look for it.
"""

import tensorflow as tf


def attach_logits(probabilities, logits, kind):
    """Attach to the tensor `probabilities` the logits they were computed from.

    Args:
        probabilities: The tensor a model outputs.
        logits: The tensor before the activation.
        kind: `"sigmoid"`, or `"softmax"` over the last axis.
    Returns: `probabilities`.
    """
    probabilities._tfk_logits = (kind, logits)
    return probabilities


def attached_kind(y_pred):
    """Return the kind of activation that made `y_pred` and attached its logits, or None."""
    return getattr(y_pred, "_tfk_logits", (None, None))[0]


def logits_of(y_pred, kind=None):
    """Return the logits attached to `y_pred`, or None.

    Args:
        y_pred: The output of a model.
        kind: Only logits of this kind of activation; None for any. Defaults to None.
    """
    attached, logits = getattr(y_pred, "_tfk_logits", (None, None))
    return logits if kind in (None, attached) else None


def copy_logits(source, target):
    """Attach the logits of one tensor of probabilities, if it has any, to another, in the dtype
    of that.
    """
    kind, logits = getattr(source, "_tfk_logits", (None, None))
    if logits is not None:
        attach_logits(target, tf.cast(logits, target.dtype), kind)
