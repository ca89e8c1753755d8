"""clone_model: the same architecture with new layers and weights."""

import tensorflow as tf

from tfk.engine.graph.graph import Graph
from tfk.engine.graph.graph_config import replay
from tfk.engine.graph.input_layer import Input
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.model.model import Model
from tfk.engine.model.sequential import Sequential
from tfk.saving.copies import fresh_copy
from tfk.utils.overrides import is_overridden
from tfk.utils.tracebacks import hide_internal_frames


@hide_internal_frames
def clone_model(model, input_tensors=None, clone_function=None):
    """Return a copy of `model` with new layers and newly initialized weights.

    Args:
        model: A functional or Sequential model, or a subclass that has `get_config`.
        input_tensors: Symbolic tensors (or tensors with the desired specs) for the inputs of the
            copy. Defaults to None.
        clone_function: Function from a layer to its copy, for functional and Sequential models;
            None uses `layer.__class__.from_config(layer.get_config())`. Defaults to None.

    Raises: ValueError for a subclassed model with `input_tensors` or `clone_function`.

    >>> import tfk
    >>> model = tfk.Sequential([tfk.layers.Dense(2, input_shape=(3,))])
    >>> clone_model(model).count_params()
    8
    """
    copy = clone_function or _copy_layer
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, copy)
    if getattr(model, "_graph", None) is not None and not is_overridden(type(model), "call", Model):
        inputs, outputs, side = replay(model._graph, copy, _as_inputs(input_tensors))
        clone = Model(inputs, outputs, name=model.name)
        if side:
            clone._set_graph(Graph(inputs, outputs, layer_title(clone), side))
        return clone
    if input_tensors is not None or clone_function is not None:
        raise ValueError(
            f"clone_model: {layer_title(model)} is a subclassed model, whose layers only its own"
            " code knows; input_tensors and clone_function work for functional and Sequential"
            " models."
        )
    return fresh_copy(model)


def _copy_layer(layer):
    if isinstance(layer, Model) and layer._graph is not None:
        return clone_model(layer)
    return fresh_copy(layer)


def _clone_sequential(model, input_tensors, copy):
    layers = model._without_input()
    clone = Sequential(name=model.name)
    if input_tensors is not None:
        clone.add(tf.nest.flatten(_as_inputs(input_tensors))[0])
    elif len(layers) < len(model._stack) and model._inferred_input is None:
        clone.add(fresh_copy(model._stack[0]))
    copies = {id(layer): copy(layer) for layer in model.layers}
    for layer in layers:
        clone.add(copies[id(layer)])
    if clone._graph is None and model._inferred_input is not None:
        clone._infer(model._inferred_input)
    return clone


def _as_inputs(tensors):
    """Return Inputs for the given tensors; symbolic ones are used as they are."""
    if tensors is None:
        return None

    def as_input(tensor):
        return tensor if is_symbolic(tensor) else Input(tensor=tensor)

    return tf.nest.map_structure(as_input, tensors)
