"""Finding out what a function returns by tracing it once on placeholders in a graph that is thrown
away.
"""

import tensorflow as tf

from tfk.engine.layer.symbolic import SymbolicTensor, is_symbolic
from tfk.utils.loading import check_time, reserve
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.specs import is_tensor_like, spec_of
from tfk.utils.tensorflow_internals import counting_graph


def placeholder(spec):
    """A placeholder of a `tf.TypeSpec` (dense, ragged, sparse...) in the current graph."""
    parts = [
        tf.raw_ops.Placeholder(dtype=part.dtype, shape=part.shape)
        for part in tf.nest.flatten(spec, expand_composites=True)
    ]
    return tf.nest.pack_sequence_as(spec, parts, expand_composites=True)


def _count_operation():
    """Keeps a loop in the code of a layer from adding operations for hours while a file loads."""
    reserve("The graph of a layer", objects=1)
    check_time()


def trace(function, *args, **kwargs):
    """Calls `function` in a scratch graph; symbolic tensors and type specs become placeholders
    there.

    Returns the nest of graph tensors that it returned. Only their type specs are of use afterwards.
    """
    outputs, _ = trace_with_graph(function, args, kwargs)
    return outputs


def trace_with_graph(function, args, kwargs):
    """The outputs of `function` as in `trace`, and the scratch graph."""
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
    """The type spec of a tensor or variable; a constant stays as it is."""
    has_spec = tf.is_tensor(value) or isinstance(value, tf.Variable) or is_tensor_like(value)
    return spec_of(value) if has_spec else value


def output_specs(function, *args, **kwargs):
    """The type specs of what `function` returns, as `trace` finds them; non-tensors stay as they
    are.
    """
    return tf.nest.map_structure(found, trace(function, *args, **kwargs))


def symbolic_outputs(function, name, *args, **kwargs):
    """What `function` returns as symbolic tensors called `name`, masks noted; non-tensors stay as
    they are.
    """

    def symbol(value):
        spec = found(value)
        if not isinstance(spec, tf.TypeSpec):
            return value
        mask = get_mask(value)
        return symbolic(spec, name, None if mask is None else spec_of(mask))

    return tf.nest.map_structure(symbol, trace(function, *args, **kwargs))


def symbolic(spec, name, mask_spec=None):
    """A SymbolicTensor of a type spec, which will carry a mask of `mask_spec`."""
    tensor = SymbolicTensor(spec, name=name)
    tensor.mask_spec = mask_spec
    return tensor
