"""The layers of a model and their connections, for TensorBoard's page of graphs.

Its reader of Keras models knows the connections of one version of Keras, and loses those of nested
models. So all layers are written as those of one flat model, with the names of the nested
models in front, which the page draws as boxes to open.
"""

import tensorflow as tf

from tfk.utils.tensorflow_internals import TENSORBOARD_READS_KERAS_3


def layer_graph(model):
    """Return the configuration of one flat model, ready for `json.dumps`.

    Args:
        model: A functional model, or a Sequential one, built or not.
    """
    layers = model.layers
    if model._graph is not None:
        described = list(_described(model._graph, ""))
    else:  # a chain
        befores = [[], *([layer.name] for layer in layers)]
        described = [_entry(layer, layer.name, before) for layer, before in zip(layers, befores)]
    config = {"name": model.name, "layers": described}
    return {"class_name": type(model).__name__, "config": config}


def _described(graph, scope, feeds=()):
    """Yield the entries of the layers of a graph.

    Args:
        graph: Graph of a model.
        scope: What precedes the names of its layers.
        feeds: For each input of the graph, the names of the layers outside that it comes from.
    """
    sources_of_inputs = dict(zip(graph.input_names, feeds))
    for layer in graph.layers:
        name = scope + layer.name
        calls = [
            [_source(tensor, scope) for tensor in node.inputs]
            for node in graph.nodes
            if node.layer is layer
        ]
        if _is_nested(layer):
            yield from _described(layer._graph, f"{name}/", [list(each) for each in zip(*calls)])
        else:
            yield _entry(layer, name, [*calls, sources_of_inputs.get(layer.name, [])])


def _source(tensor, scope):
    """Return the name of the layer that returns a tensor, inside of nested models."""
    layer, _, position = tensor._keras_history
    name = scope + layer.name
    return _source(layer._graph.outputs[position], f"{name}/") if _is_nested(layer) else name


def _is_nested(layer):
    return getattr(layer, "_graph", None) is not None


def _entry(layer, name, sources):
    return {
        "class_name": type(layer).__name__,
        "config": {"name": name, "dtype": layer.dtype},
        "inbound_nodes": _calls(list(dict.fromkeys(tf.nest.flatten(sources)))),
    }


def _calls(sources):
    """Return the connections from the layers `sources`, in the form that TensorBoard reads."""
    if TENSORBOARD_READS_KERAS_3:
        return [{"args": [{"config": {"keras_history": [source, 0, 0]}} for source in sources]}]
    return [[[source, 0, 0, {}] for source in sources]] if sources else []
