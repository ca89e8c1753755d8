"""Inputs, states and constants of a recurrent layer as one list, as stored in the graph of a
model.
"""

import collections

import tensorflow as tf

from tfk.engine.layer.input_spec import check_inputs
from tfk.engine.layer.symbolic import is_symbolic
from tfk.utils.checks import describe
from tfk.utils.naming import counting_names


def split_arguments(layer, inputs, initial_state, constants):
    """Split the list `[inputs, *states, *constants]` that a saved model passes.

    Returns: The inputs, and lists of states and constants, each None if there are none.
    """
    if isinstance(inputs, list) and initial_state is None and constants is None:
        inputs, further = inputs[0], inputs[1:]
        count = layer._num_constants if len(further) >= layer._num_constants else 0
        constants = further[len(further) - count :] or None
        initial_state = further[: len(further) - count] or None

    def as_list_or_none(value):
        return (
            value if value is None else list(value) if isinstance(value, (list, tuple)) else [value]
        )

    return inputs, as_list_or_none(initial_state), as_list_or_none(constants)


def call_with_list(layer, call, inputs, further, kwargs):
    """Call a layer on symbolic states or constants: they join the inputs so that the graph records
    them.
    """
    if not all(is_symbolic(tensor) for tensor in tf.nest.flatten(further)):
        raise ValueError(
            f"{describe(layer)}: initial_state and constants must all be symbolic tensors (outputs"
            " of layers or Inputs of the model) or all be values, not a mixture."
        )
    with counting_names(collections.Counter()):
        layer._build_by_name(inputs)
    spec, layer.input_spec = layer.input_spec, None  # it describes the inputs alone
    try:
        if spec is not None:
            check_inputs(layer, spec, inputs)
        return call([inputs, *further], **kwargs)
    finally:
        layer.input_spec = spec
