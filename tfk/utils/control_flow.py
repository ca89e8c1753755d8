"""Branches on values that may be Python values or tensors."""

import tensorflow as tf


def static_bool(value):
    """Return True or False if the value is known now, None if only the running graph knows it."""
    if tf.is_tensor(value) or isinstance(value, tf.Variable):
        constant = None if isinstance(value, tf.Variable) else tf.get_static_value(value)
        return None if constant is None else bool(constant)
    return bool(value)


def smart_cond(pred, true_fn, false_fn):
    """Call one branch if `pred` is known now, else create a `tf.cond` of both.

    Args:
        pred: A bool, an int, None (counts as False) or a scalar tensor.
        true_fn: Function without arguments.
        false_fn: Function without arguments, same structure of results.
    >>> smart_cond(None, lambda: "train", lambda: "infer")
    'infer'
    """
    known = static_bool(pred)
    if known is None:
        return tf.cond(tf.cast(pred, tf.bool), true_fn, false_fn)
    return true_fn() if known else false_fn()
