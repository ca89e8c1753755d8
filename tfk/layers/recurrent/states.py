"""Shapes and initial values of a cell's states."""

import tensorflow as tf


def is_nested_size(state_size):
    """Return True for several sizes (a list or tuple of ints or shapes), False for one int or
    TensorShape.
    """
    return hasattr(state_size, "__len__") and not isinstance(state_size, tf.TensorShape)


def as_list(state_size):
    """Return the sizes of the top-level states as a list."""
    return list(state_size) if is_nested_size(state_size) else [state_size]


def output_size(cell):
    """Return `cell.output_size`, or the size of its first state if it has none."""
    size = getattr(cell, "output_size", None)
    return as_list(cell.state_size)[0] if size is None else size


def zero_states(state_size, batch_size, dtype):
    """Return zeros `(batch_size, *size)` for every size of a nest.

    Raises: ValueError if batch size or dtype is None.
    """
    if batch_size is None or dtype is None:
        raise ValueError(
            "get_initial_state: needs inputs, or both batch_size and dtype; got"
            f" batch_size={batch_size}, dtype={dtype}."
        )
    return tf.nest.map_structure(
        lambda size: tf.zeros([batch_size, *tf.TensorShape(size).as_list()], dtype), state_size
    )


def cell_zero_states(cell, inputs, batch_size, dtype):
    """Return `zero_states` of a cell, for the batch of `inputs` if given."""
    if inputs is not None:
        batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
    return zero_states(cell.state_size, batch_size, dtype)


def initial_state(cell, batch_size, dtype):
    """Return the initial state of a cell: from its `get_initial_state`, or zeros."""
    own = getattr(cell, "get_initial_state", None)
    if own is None:
        return zero_states(cell.state_size, batch_size, dtype)
    return own(inputs=None, batch_size=batch_size, dtype=dtype)
