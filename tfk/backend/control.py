"""Conditionals, maps and folds inside graphs, and gradients."""

import tensorflow as tf


def switch(condition, then_expression, else_expression):
    """Select one of two values by a scalar condition, or elementwise by a tensor.

    Args:
        condition: A scalar; or a tensor of at most the rank of the values, whose axes are the first
            ones of the values (of one axis: the last one).
        then_expression: Value, or function that returns it.
        else_expression: Value, or function that returns it.

    Returns:
        The value; with a scalar condition only the function that is needed is called.
    """
    condition = tf.cast(condition, tf.bool)
    if condition.shape.rank == 0:
        return tf.cond(condition, _function(then_expression), _function(else_expression))
    values = [tf.convert_to_tensor(_function(e)()) for e in (then_expression, else_expression)]
    missing = values[0].shape.rank - condition.shape.rank
    if missing < 0:
        raise ValueError(
            f"switch: expected a condition of at most {values[0].shape.rank} axes as the values"
            f" have, got {condition.shape.rank}."
        )
    if condition.shape.rank > 1:
        condition = tf.reshape(
            condition, tf.concat([tf.shape(condition), tf.ones([missing], tf.int32)], 0)
        )
    return tf.where(condition, *values)


def _function(expression):
    return expression if callable(expression) else lambda: expression


def map_fn(fn, elems, name=None, dtype=None):
    """Apply a function to each element along the first axis; `dtype` is the dtype of the
    results."""
    return tf.map_fn(fn, elems, fn_output_signature=dtype, name=name)


def foldl(fn, elems, initializer=None, name=None):
    """Fold the elements along the first axis from the left: `fn(accumulated, element)`."""
    return tf.foldl(fn, elems, initializer, name=name)


def foldr(fn, elems, initializer=None, name=None):
    """Fold the elements along the first axis from the right: `fn(accumulated, element)`."""
    return tf.foldr(fn, elems, initializer, name=name)


def gradients(loss, variables):
    """Return gradients inside a `tf.function`; elsewhere use `tf.GradientTape`."""
    return tf.gradients(loss, variables)


def stop_gradient(variables):
    """Return a tensor, or a list of tensors, unchanged, treated as constant by gradients."""
    if isinstance(variables, (list, tuple)):
        return [tf.stop_gradient(variable) for variable in variables]
    return tf.stop_gradient(variables)
