"""Losses of ragged targets and outputs."""

import functools

import tensorflow as tf

from tfk.utils.autograph import runs_as_written


def accepts_ragged(function):
    """Decorator that lets a loss function of dense `(y_true, y_pred, ...)` accept ragged tensors.

    Ragged axes before the last one stay ragged in the result. A ragged last axis is reduced row by
    row. Ragged outputs with dense targets are padded with zeros first.
    """

    @functools.wraps(function)
    def wrapper(y_true, y_pred, *args, **kwargs):
        if isinstance(y_true, tf.RaggedTensor) or isinstance(y_pred, tf.RaggedTensor):
            return _by_rows(
                lambda t, p: function(t, p, *args, **kwargs), y_true, y_pred, function.__name__
            )
        return function(y_true, y_pred, *args, **kwargs)

    return runs_as_written(wrapper)


def _by_rows(formula, y_true, y_pred, name):
    if not isinstance(y_pred, tf.RaggedTensor):
        raise TypeError(
            f"{name}: y_true is ragged but y_pred is a dense tensor of shape {tuple(y_pred.shape)}."
            " Make the model output ragged too, or pad the targets with y_true.to_tensor() and"
            " mask the padding."
        )
    if not isinstance(y_true, tf.RaggedTensor):
        return formula(y_true, y_pred.to_tensor())
    y_true, y_pred = y_true.with_row_splits_dtype(tf.int64), y_pred.with_row_splits_dtype(tf.int64)
    check = tf.debugging.assert_equal(
        y_true.row_splits,
        y_pred.row_splits,
        message=f"{name}: rows of y_true and y_pred differ in length.",
    )
    with tf.control_dependencies([check] if check is not None else []):
        values = tf.identity(y_true.values), tf.identity(y_pred.values)
    if any(isinstance(value, tf.RaggedTensor) for value in values):
        return y_pred.with_values(_by_rows(formula, *values, name))
    if values[1].shape.rank > 1:
        return y_pred.with_values(formula(*values))
    return tf.map_fn(
        lambda pair: formula(*pair), (y_true, y_pred), fn_output_signature=y_pred.dtype
    )
