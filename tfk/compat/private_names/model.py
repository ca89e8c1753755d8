"""Private names of `Model`."""

import collections

import tensorflow as tf

from tfk.engine.model.model import Model

CLASS = Model


def _graph_layers(endpoints):
    """The layers of the inputs or outputs of a functional model."""

    def get(model):
        tensors = tf.nest.flatten(getattr(model, endpoints) or [])
        return [tensor._keras_history[0] for tensor in tensors]

    return property(get)


def _nodes_by_depth(model):
    """Nodes of the graph by their distance from the outputs."""
    if model._graph is None:
        raise AttributeError(f"{model.name} is not a functional model: it has no nodes.")
    depths = dict.fromkeys((id(tensor.node) for tensor in model._graph.outputs), 0)
    by_depth = collections.defaultdict(list)
    for node in reversed(model._graph.nodes):
        depth = depths.setdefault(id(node), 0)
        by_depth[depth].append(node)
        for parent in node.parents:
            depths[id(parent)] = max(depths.get(id(parent), 0), depth + 1)
    return dict(by_depth)


def _set_save_spec(model, inputs, args=None, kwargs=None):
    """States the specs of the inputs of a model that has not been called."""
    if isinstance(inputs, dict):
        inputs = {key: _as_spec(value) for key, value in inputs.items()}
    else:
        inputs = tf.nest.map_structure(_as_spec, inputs)
    if model._called_specs is None:
        model._called_specs = inputs


def _as_spec(value):
    return value if isinstance(value, tf.TypeSpec) else tf.TensorSpec.from_tensor(value)


def _get_save_spec(model, dynamic_batch=True, inputs_only=True):
    """The specs of the inputs, None before the first call; with all arguments if asked for."""
    spec = model.save_spec(dynamic_batch)
    if spec is None or not inputs_only:
        return spec
    return spec[0][0]


NAMES = {
    "_feed_input_names": (property(lambda model: model.input_names), "keract, shap"),
    "_feed_inputs": (property(lambda model: model.inputs), "keract, shap"),
    "_get_save_spec": (_get_save_spec, "tensorflow-recommenders, tf-models"),
    "_input_layers": (_graph_layers("inputs"), "tensorflow-model-optimization"),
    "_is_graph_network": (
        property(lambda model: model._graph is not None),
        "tensorflow-model-optimization, tf-agents",
    ),
    "_nodes_by_depth": (property(_nodes_by_depth), "tf-agents"),
    "_output_layers": (_graph_layers("outputs"), "tensorflow-model-optimization"),
    "_set_save_spec": (_set_save_spec, "transformers"),
}
