"""Finding out what a function returns by tracing it once on placeholders in a graph that is thrown away."""

import tensorflow as tf

from tfk.engine.symbolic import is_symbolic


def placeholder(spec):
    """A placeholder of a `tf.TypeSpec` (dense, ragged, sparse...) in the current graph."""
    parts = [
        tf.raw_ops.Placeholder(dtype=part.dtype, shape=part.shape)
        for part in tf.nest.flatten(spec, expand_composites=True)
    ]
    return tf.nest.pack_sequence_as(spec, parts, expand_composites=True)


def trace(function, *args, **kwargs):
    """Calls `function` in a scratch graph; symbolic tensors and type specs become placeholders there.

    Returns the nest of graph tensors that it returned. Only their type specs are of use afterwards.
    """
    graph = tf.__internal__.FuncGraph("scratch")

    def stand_in(value):
        if is_symbolic(value):
            return placeholder(value.type_spec)
        return placeholder(value) if isinstance(value, tf.TypeSpec) else value

    with graph.as_default():
        args, kwargs = tf.nest.map_structure(stand_in, (args, kwargs))
        return function(*args, **kwargs)


def output_specs(function, *args, **kwargs):
    """The type specs of what `function` returns, as `trace` finds them; non-tensors stay as they are."""

    def spec(value):
        return (
            tf.type_spec_from_value(value) if tf.is_tensor(value) or isinstance(value, tf.Variable) else value
        )

    return tf.nest.map_structure(spec, trace(function, *args, **kwargs))
