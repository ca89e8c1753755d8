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

    Raises: ValueError if the condition has more axes than the values.
    >>> switch(tf.constant([True, False]), tf.constant([1, 2]), tf.constant([3, 4])).numpy()
    array([1, 4], dtype=int32)
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
    """Apply a function to each element along the first axis, and stack the results.

    Args:
        fn: Function of an element.
        elems: Tensor `(n, ...)`, or a nest of such tensors.
        name: Name of the operation. Defaults to None.
        dtype: Dtype of the results; None if it is that of `elems`. Defaults to None.

    >>> map_fn(lambda row: tf.reduce_sum(row), tf.constant([[1, 2], [3, 4]])).numpy()
    array([3, 7], dtype=int32)
    """
    return tf.map_fn(fn, elems, fn_output_signature=dtype, name=name)


def foldl(fn, elems, initializer=None, name=None):
    """Fold the elements along the first axis from the left.

    Args:
        fn: Function `fn(accumulated, element)` that returns the next accumulated value.
        elems: Tensor `(n, ...)`.
        initializer: First accumulated value; None uses the first element. Defaults to None.
        name: Name of the operation. Defaults to None.

    >>> int(foldl(lambda total, x: 2 * total + x, tf.constant([1, 0, 1])))
    5
    """
    return tf.foldl(fn, elems, initializer, name=name)


def foldr(fn, elems, initializer=None, name=None):
    """Fold the elements along the first axis from the right.

    Args:
        fn: Function `fn(accumulated, element)` that returns the next accumulated value.
        elems: Tensor `(n, ...)`.
        initializer: First accumulated value; None uses the last element. Defaults to None.
        name: Name of the operation. Defaults to None.

    >>> int(foldr(lambda total, x: 2 * total + x, tf.constant([1, 1, 0])))
    3
    """
    return tf.foldr(fn, elems, initializer, name=name)


def gradients(loss, variables):
    """Return the gradients of a loss inside a `tf.function`; elsewhere use `tf.GradientTape`.

    Args:
        loss: Tensor to differentiate.
        variables: List of tensors or variables.

    Returns:
        A list of tensors; None where the loss does not depend on a variable.

    >>> float(tf.function(lambda x: gradients(x * x, [x]))(tf.constant(3.0))[0])
    6.0
    """
    return tf.gradients(loss, variables)


def stop_gradient(variables):
    """Return a tensor, or a list of tensors, unchanged, treated as constant by gradients.

    Args:
        variables: Tensor, or a list or tuple of tensors.

    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x * stop_gradient(x)
    >>> float(tape.gradient(y, x))
    3.0
    """
    if isinstance(variables, (list, tuple)):
        return [tf.stop_gradient(variable) for variable in variables]
    return tf.stop_gradient(variables)
