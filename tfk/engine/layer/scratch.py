"""Determines the outputs of a function by tracing it once in a discarded graph."""

import tensorflow as tf

from tfk.engine.layer.symbolic import SymbolicTensor, is_symbolic
from tfk.utils.loading import check_time, reserve
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.specs import is_tensor_like, spec_of
from tfk.utils.tensorflow_internals import counting_graph


def placeholder(spec):
    """Return a placeholder of a `tf.TypeSpec` (dense, ragged, sparse...) in the current graph."""
    parts = [
        tf.raw_ops.Placeholder(dtype=part.dtype, shape=part.shape)
        for part in tf.nest.flatten(spec, expand_composites=True)
    ]
    return tf.nest.pack_sequence_as(spec, parts, expand_composites=True)


def _count_operation():
    """Limit the number of operations, so that a loop in a layer cannot run for hours while a file
    loads.
    """
    reserve("The graph of a layer", objects=1)
    check_time()


def trace(function, *args, **kwargs):
    """Call `function` in a scratch graph, with placeholders for symbolic tensors and type specs.

    Returns: The nest of graph tensors, of which only the type specs can be used afterwards.
    """
    outputs, _ = trace_with_graph(function, args, kwargs)
    return outputs


def trace_with_graph(function, args, kwargs):
    """Return the outputs of `function` as in `trace`, and the scratch graph."""
    graph = counting_graph("scratch", _count_operation)

    def stand_in(value):
        if is_symbolic(value):
            tensor = placeholder(value.type_spec)
            if value.mask_spec is not None:
                set_mask(tensor, placeholder(value.mask_spec))
            return tensor
        return placeholder(value) if isinstance(value, tf.TypeSpec) else value

    with graph.as_default():
        args, kwargs = tf.nest.map_structure(stand_in, (args, kwargs))
        return function(*args, **kwargs), graph


def found(value):
    """Return the type spec of a tensor or variable; constants are unchanged."""
    has_spec = tf.is_tensor(value) or isinstance(value, tf.Variable) or is_tensor_like(value)
    return spec_of(value) if has_spec else value


def output_specs(function, *args, **kwargs):
    """Return the type specs of the outputs of `function`, found by `trace`; non-tensors are
    unchanged.
    """
    return tf.nest.map_structure(found, trace(function, *args, **kwargs))


def symbolic_outputs(function, name, *args, **kwargs):
    """Return the outputs of `function` as symbolic tensors called `name`, with masks; non-tensors
    are unchanged.
    """

    def symbol(value):
        spec = found(value)
        if not isinstance(spec, tf.TypeSpec):
            return value
        mask = get_mask(value)
        return symbolic(spec, name, None if mask is None else spec_of(mask))

    return tf.nest.map_structure(symbol, trace(function, *args, **kwargs))


def symbolic(spec, name, mask_spec=None):
    """Return a SymbolicTensor of a type spec, with a mask of `mask_spec`."""
    tensor = SymbolicTensor(spec, name=name)
    tensor.mask_spec = mask_spec
    return tensor
