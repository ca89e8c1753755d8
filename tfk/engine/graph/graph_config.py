"""Conversion of a graph of layers to Keras 2's functional config and back.

Each layer is listed with its calls ("inbound nodes"). In a call, each symbolic input is written as
`[layer name, call index, output index, keyword arguments]`.
"""

import heapq
import json

import numpy as np
import tensorflow as tf

from tfk.engine.graph.added_endpoints import ENDPOINTS
from tfk.engine.graph.input_layer import InputLayer
from tfk.engine.graph.tf_ops import OpLayer
from tfk.engine.layer import call_signature
from tfk.engine.layer.symbolic import is_symbolic
from tfk.saving.configs import (
    deserialize_keras_object,
    serialize_keras_object,
    serialize_sharing,
)
from tfk.saving.load_scopes import sharing_scope
from tfk.saving.names import check_layer_name
from tfk.utils.loading import check_time

CONSTANT = "_CONSTANT_VALUE"


# Writing ------------------------------------------------------------------------------------------


def graph_to_config(graph):
    """Return `{"layers", "input_layers", "output_layers"}` of a Graph.

    A layer shared by several wrappers is marked, and `graph_from_config` restores it as one layer.
    """
    return serialize_sharing(lambda: _graph_to_config(graph))


def _graph_to_config(graph):
    in_graph = set(graph.nodes)
    numbers = {}  # node -> its number among the calls of its layer that belong to this graph
    for layer in graph.layers:
        kept = [node for node in layer._inbound_nodes if node in in_graph]
        numbers.update(
            (node, number) for number, node in enumerate(kept, start=_first_number(layer))
        )

    def reference(tensor):
        layer, _, position = tensor._keras_history
        return [layer.name, numbers[tensor.node], position]

    layers = []
    for layer in graph.layers:
        config = serialize_keras_object(layer)
        config["name"] = layer.name
        calls = [node for node in layer._inbound_nodes if node in numbers and not node.is_input]
        config["inbound_nodes"] = [_call_to_config(node, reference) for node in calls]
        layers.append(config)

    def references(nest):
        nested = nest if tf.nest.is_nested(nest) else [nest]
        return tf.nest.map_structure(reference, nested)

    return {
        "layers": layers,
        "input_layers": references(graph.nested_inputs),
        "output_layers": references(graph.nested_outputs),
    }


def _first_number(layer):
    """Return the index of a layer's first call: for models, Keras 2 counts their own graph as call
    0.
    """
    return int(getattr(layer, "_graph", None) is not None)


def _call_to_config(node, reference):
    signature = call_signature.of_layer(node.layer)
    named, rest = signature.bind_names(node.args[1:], node.kwargs)
    if rest:
        raise ValueError(
            f'Layer "{node.layer.name}" was called with positional arguments that its call(...)'
            " does not name; such a call cannot be written to a file. Name them."
        )
    kwargs = {key: _to_plain(value, reference, node.layer.name) for key, value in named.items()}

    def entry(value):
        if is_symbolic(value):
            return [*reference(value), kwargs]
        return [CONSTANT, -1, _to_plain(value, reference, node.layer.name), kwargs]

    first = node.args[0]
    data = tf.nest.map_structure(entry, first)
    if tf.nest.is_nested(first) or isinstance(node.layer, OpLayer):
        return data if not isinstance(data, tuple) else list(data)
    return [data]


def _to_plain(value, reference, layer_name):
    """Return `value` with symbolic tensors as references and everything else JSON-serializable."""
    if is_symbolic(value):
        return reference(value)
    if isinstance(value, dict):
        return {key: _to_plain(item, reference, layer_name) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_plain(item, reference, layer_name) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, tf.Tensor):
        return value.numpy().tolist()
    if isinstance(value, tf.DType):
        return value.name
    if isinstance(value, tf.TensorShape):
        return value.as_list()
    try:
        json.dumps(value)
        return value
    except TypeError:
        pass
    try:
        return serialize_keras_object(value)
    except TypeError as error:
        raise TypeError(
            f'Layer "{layer_name}" was called with {value!r}, which cannot be written to a file:'
            f" {error}"
        ) from None


# Reading ------------------------------------------------------------------------------------------


def graph_from_config(config, custom_objects=None):
    """Return `(inputs, outputs, side outputs)`: symbolic tensors of the graph described by
    `config`.
    """
    layers, calls = {}, []
    with sharing_scope():
        for data in config["layers"]:
            name = check_layer_name("The model", data.get("name") or data["config"]["name"])
            if name in layers:
                raise ValueError(f"The model's config holds two layers called {name!r}.")
            layers[name] = _layer_from(data, name, custom_objects)
            numbered = enumerate(data.get("inbound_nodes", []), start=_first_number(layers[name]))
            calls += [(layers[name], number, call) for number, call in numbered]
    results = {
        (name, 0): [layer._inbound_nodes[0].outputs]
        for name, layer in layers.items()
        if isinstance(layer, InputLayer)
    }
    for layer, number, call in _in_order(calls, layers, set(results)):
        check_time()
        inputs, kwargs = _call_from(call, layer, layers, results)
        results[layer.name, number] = tf.nest.flatten(layer(inputs, **kwargs))

    def tensor(reference):
        return results[reference[0], reference[1]][reference[2]]

    inputs, outputs = (
        _map_references(config[key], tensor) for key in ("input_layers", "output_layers")
    )
    side = [results[name, 0][0] for name, layer in layers.items() if isinstance(layer, ENDPOINTS)]
    return inputs, outputs, side


def _in_order(calls, layers, done):
    """Yield the calls so that each one follows the calls whose outputs it uses.

    The order equals that of repeated passes through the list, but the time is linear in its length.

    Args:
        calls: Triples of a layer, the call index, and its config.
        layers: Dict from name to layer.
        done: Set of `(layer name, call index)` of existing outputs, extended in place.

    Raises: ValueError for calls whose inputs cannot be found, or that have none.
    """
    missing, waiting = {}, {}  # by position in the list; by what is waited for
    ready = []  # pairs of the pass through the list and the position
    for position, (layer, number, call) in enumerate(calls):
        needed = set(_needed(call, layers))
        if not needed:
            raise ValueError(
                f'The model\'s config is broken: layer "{layer.name}" is called on constants alone.'
            )
        if number != _first_number(layer):
            needed.add((layer.name, number - 1))
        missing[position] = len(needed - done)
        for key in needed - done:
            waiting.setdefault(key, []).append(position)
        if not missing[position]:
            ready.append((0, position))
    heapq.heapify(ready)
    while ready:
        turn, position = heapq.heappop(ready)
        del missing[position]
        layer, number, _ = calls[position]
        yield calls[position]
        done.add((layer.name, number))
        for other in waiting.pop((layer.name, number), ()):
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, (turn + (other < position), other))
    if missing:
        names = sorted({calls[position][0].name for position in missing})
        raise ValueError(
            f"The model's config is broken: no inputs can be found for the layers {names[:20]}."
        )


def _layer_from(data, name, custom_objects):
    layer = deserialize_keras_object(data, custom_objects=custom_objects)
    if layer.name != name:
        layer._rename(name)
    return layer


def _is_reference(value, layers=None):
    """Return True for `[name, int, int]` with or without keyword arguments, if `layers` contains
    the name.
    """
    return (
        isinstance(value, (list, tuple))
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (
            value[0] == CONSTANT
            or (type(value[2]) is int and (layers is None or value[0] in layers))
        )
        and (len(value) == 3 or isinstance(value[3], dict))
    )


def _map_references(nest, function):
    if _is_reference(nest):
        return function(nest)
    if isinstance(nest, dict):
        return {key: _map_references(item, function) for key, item in nest.items()}
    return [_map_references(item, function) for item in nest]


def _needed(nest, layers):
    """Yield `(layer name, call index)` of every reference in a call."""
    if _is_reference(nest, layers):
        if nest[0] != CONSTANT:
            yield nest[0], nest[1]
        for item in nest[2:]:
            yield from _needed(item, layers)
    elif isinstance(nest, dict):
        for item in nest.values():
            yield from _needed(item, layers)
    elif isinstance(nest, (list, tuple)):
        for item in nest:
            yield from _needed(item, layers)


def _call_from(call, layer, layers, results):
    """Return `(inputs, kwargs)` of one call."""
    found = {}

    def value(reference):
        if len(reference) > 3:
            found.update(reference[3])
        if reference[0] == CONSTANT:
            return reference[2]
        return results[reference[0], reference[1]][reference[2]]

    inputs = _map_references(call, value)
    if isinstance(inputs, list) and len(inputs) == 1 and not isinstance(layer, OpLayer):
        inputs = inputs[0]
    return inputs, {key: _from_plain(item, layers, results) for key, item in found.items()}


def _from_plain(value, layers, results):
    """Return an argument of a call with references replaced by tensors and configs by arrays."""
    if _is_reference(value, layers) and len(value) == 3 and value[0] != CONSTANT:
        return results[value[0], value[1]][value[2]]
    if isinstance(value, dict):
        if "class_name" in value and "config" in value:
            return deserialize_keras_object(value)
        return {key: _from_plain(item, layers, results) for key, item in value.items()}
    if isinstance(value, list):
        return [_from_plain(item, layers, results) for item in value]
    return value


# Copying ------------------------------------------------------------------------------------------


def replay(graph, new_layer, new_inputs=None):
    """Return the same graph over other layers: `(inputs, outputs, side outputs)`.

    Args:
        graph: The Graph to copy.
        new_layer: Function from a layer to its replacement.
        new_inputs: Symbolic tensors that replace the graph's inputs; None creates new ones.
            Defaults to None.
    """
    swapped, layers = {}, {}
    fresh = tf.nest.flatten(new_inputs) if new_inputs is not None else [None] * len(graph.inputs)
    for old, given in zip(graph.inputs, fresh):
        made = given
        if made is None:
            made = (
                InputLayer.from_config(old._keras_history[0].get_config())._inbound_nodes[0].outputs
            )
        swapped[id(old)] = made
    for node in graph.nodes:
        if node.is_input:
            continue
        if node.layer not in layers:
            layers[node.layer] = new_layer(node.layer)

        def swap(value):
            return swapped.get(id(value), value)

        args, kwargs = tf.nest.map_structure(swap, (node.args, node.kwargs))
        outputs = layers[node.layer](*args, **kwargs)
        for old, new in zip(tf.nest.flatten(node.outputs), tf.nest.flatten(outputs)):
            swapped[id(old)] = new
    inputs = tf.nest.pack_sequence_as(graph.nested_inputs, [swapped[id(t)] for t in graph.inputs])
    outputs = tf.nest.map_structure(lambda tensor: swapped[id(tensor)], graph.nested_outputs)
    return inputs, outputs, [swapped[id(tensor)] for tensor in graph.side_outputs]
