"""Loop over time for any step function: `tfk.backend.rnn`, and the fallback of all recurrent
layers.
"""

import tensorflow as tf

from tfk.layers.recurrent.stores import ListStore, TensorStore
from tfk.utils.jit_scope import inside_portable


def rnn(
    step_function,
    inputs,
    initial_states,
    go_backwards=False,
    mask=None,
    constants=None,
    unroll=False,
    input_length=None,
    time_major=False,
    zero_output_for_mask=False,
    return_all_outputs=True,
):
    """Run a step function over the time axis.

    Args:
        step_function: `(inputs at a time, states + constants) -> (output, new states)`; outputs may
            be nests.
        inputs: Tensor `(batch, time, ...)`, or a nest of such tensors.
        initial_states: List of states, or a nest.
        go_backwards: Whether to start at the last step; outputs keep the order of computation.
            Defaults to False.
        mask: Boolean tensor `(batch, time)` or `(batch, time, 1)`; False steps keep the states and
            repeat the output. Defaults to None.
        constants: List of tensors passed to every step after the states. Defaults to None.
        unroll: Whether to unroll the loop; the number of steps must be known. Defaults to False.
        input_length: Tensor `(batch,)` with the number of steps per sample, used if there is no
            mask; integers are ignored. Defaults to None.
        time_major: Whether inputs, mask and outputs have the time axis first. Defaults to False.
        zero_output_for_mask: Whether masked outputs are zero rather than repeated. Defaults to
            False.
        return_all_outputs: Whether to return the outputs of all steps; otherwise a sequence of
            length 1. Defaults to True.

    Returns: `(last output, outputs (batch, time, ...), final states)`.
    Raises: ValueError for inputs without a time axis, or `unroll` with an unknown number of steps.
    >>> def step(x, states):
    ...     return states[0] + x, [states[0] + x]
    >>> last, outputs, states = rnn(step, tf.ones((1, 3, 1)), [tf.zeros((1, 1))])
    >>> outputs.numpy().ravel()
    array([1., 2., 3.], dtype=float32)
    """
    arrange = (lambda t: t) if time_major else _swap
    sequence = [arrange(_checked(x)) for x in tf.nest.flatten(inputs)]
    steps, batch = sequence[0].shape[0], sequence[0].shape[1]
    if unroll and steps is None:
        raise ValueError(
            "rnn: unroll=True needs a known number of time steps, got inputs of shape "
            f"{[tuple(x.shape) for x in tf.nest.flatten(inputs)]}."
        )
    if steps == 0:
        raise ValueError("rnn: inputs have no time steps.")
    count = tf.shape(sequence[0])[0] if steps is None else steps
    keep = _keep(mask, input_length, count, arrange)
    constants = list(constants or [])
    states = tf.nest.map_structure(tf.convert_to_tensor, list(initial_states))

    def read(t):
        return tf.nest.pack_sequence_as(inputs, [x[t] for x in sequence])

    def advance(values, kept, previous, states):
        """Compute one step: the output (a flat list) and the states, both unchanged where `kept` is
        False.
        """
        output, new = step_function(values, (*states, *constants))
        outputs = tf.nest.flatten(output)
        new = _like(states, new)
        if not unroll:
            tf.nest.map_structure(_check_state, states, new)
        if kept is None:
            return output, outputs, new
        if previous is None or zero_output_for_mask:
            previous = [tf.zeros_like(value) for value in outputs]
        outputs = [_where(kept, value, old) for value, old in zip(outputs, previous)]
        return output, outputs, tf.nest.map_structure(lambda n, o: _where(kept, n, o), new, states)

    # The first step runs outside the loop: it reveals the output structure, and what a cell creates
    # once for all steps (dropout masks) is made where the loop can see it.
    position = (lambda k: count - 1 - k) if go_backwards else (lambda k: k)
    first = position(0)
    structure, outputs, states = advance(
        read(first), None if keep is None else keep[first], None, states
    )
    if unroll:
        history = [outputs]
        for k in range(1, steps):
            kept = None if keep is None else keep[position(k)]
            _, outputs, states = advance(read(position(k)), kept, outputs, states)
            history = [*history, outputs] if return_all_outputs else [outputs]
        stacked = [tf.stack(values) for values in zip(*history)]
    else:
        outputs, states, stacked = _loop(
            advance, sequence, inputs, keep, outputs, states, count, position, return_all_outputs
        )
    for value in stacked:
        value.set_shape((steps if return_all_outputs else 1, batch, *value.shape[2:]))
    stacked = [arrange(value) for value in stacked]
    pack = tf.nest.pack_sequence_as
    return pack(structure, outputs), pack(structure, stacked), states


def _loop(advance, sequence, inputs, keep, outputs, states, count, position, return_all_outputs):
    """Run steps 1 to `count - 1` as a while loop; return last outputs, final states and stacked
    outputs.
    """
    store = TensorStore if inside_portable() else ListStore
    values_at = [store.reader(x, count) for x in sequence]
    kept_at = (lambda t: None) if keep is None else store.reader(keep, count)
    stores = tuple(store.start(value, count) for value in outputs) if return_all_outputs else ()
    flat_states = tf.nest.flatten(states)

    def body(k, outputs, flat, stores):
        t = position(k)
        values = tf.nest.pack_sequence_as(inputs, [read(t) for read in values_at])
        _, new_outputs, new = advance(
            values, kept_at(t), list(outputs), tf.nest.pack_sequence_as(states, flat)
        )
        new = tf.nest.flatten(new)
        for value, like in zip([*new_outputs, *new], [*outputs, *flat]):
            value.set_shape(like.shape)
        stores = tuple(store.write(kept, k, value) for kept, value in zip(stores, new_outputs))
        return k + 1, tuple(new_outputs), tuple(new), stores

    _, outputs, flat, stores = tf.while_loop(
        lambda k, *_: k < count,
        body,
        (tf.constant(1), tuple(outputs), tuple(flat_states), stores),
        maximum_iterations=count,
        parallel_iterations=32,
        swap_memory=True,
    )
    stacked = [store.stack(kept) for kept in stores] or [value[tf.newaxis] for value in outputs]
    return list(outputs), tf.nest.pack_sequence_as(states, flat), stacked


def _like(states, new):
    """Pack the new states in the structure of the old ones."""
    wanted, got = len(tf.nest.flatten(states)), tf.nest.flatten(new)
    if len(got) != wanted:
        raise ValueError(
            f"rnn: the step function was given {wanted} state(s) and returned {len(got)}."
        )
    return tf.nest.pack_sequence_as(states, got)


def _check_state(state, new):
    """Raise ValueError if a step changes the shape of a state, which a loop does not support."""
    if not state.shape.is_compatible_with(new.shape):
        raise ValueError(
            f"rnn: a state of shape {tuple(state.shape)} became one of shape {tuple(new.shape)}"
            " after one step. Check what `call` of the cell returns against its state_size, and"
            " the shape of its initial state."
        )


def _checked(x):
    x = tf.convert_to_tensor(x)
    if x.shape.rank is not None and x.shape.rank < 3:
        raise ValueError(
            "rnn: expected inputs of at least 3 dimensions, (batch, time, features), got shape"
            f" {tuple(x.shape)}."
        )
    return x


def _keep(mask, input_length, count, arrange):
    """Return the mask with time first, `(time, batch)` or `(time, batch, 1)`, or None."""
    if mask is not None:
        return arrange(tf.cast(mask, tf.bool))
    if tf.is_tensor(input_length) and input_length.shape.rank:
        return tf.transpose(tf.sequence_mask(input_length, count))
    return None


def _swap(x):
    return tf.transpose(x, (1, 0, *range(2, x.shape.rank)))


def _where(kept, new, old):
    """Select `new` where `kept` is True, else `old`; `kept` broadcasts over further axes."""
    if kept.shape.rank > new.shape.rank:
        kept = tf.reshape(kept, tf.shape(new))
    further = tf.ones([new.shape.rank - kept.shape.rank], tf.int32)
    return tf.where(tf.reshape(kept, tf.concat([tf.shape(kept), further], 0)), new, old)
