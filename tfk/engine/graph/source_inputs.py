"""Finds the inputs from which a symbolic tensor is computed."""

import tensorflow as tf

from tfk.engine.layer.symbolic import is_symbolic


def get_source_inputs(tensor, layer=None, node_index=None):
    """Return the inputs from which a symbolic tensor is computed, each once, in order.

    Args:
        tensor: The symbolic tensor.
        layer: Layer to start from; None uses the one that returned the tensor. Defaults to None.
        node_index: Call index of that layer; None uses the call that returned the tensor. Defaults
            to None.

    >>> from tfk.engine.graph.input_layer import Input
    >>> x = Input((3,))
    >>> get_source_inputs(tf.square(x) + 1.0)[0] is x
    True
    """
    if not is_symbolic(tensor):
        return [tensor]
    start = tensor.node
    if layer is not None and layer._inbound_nodes:
        start = layer._inbound_nodes[node_index or 0]
    found, pending, seen = {}, [start], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_input:
            found.update({id(output): output for output in tf.nest.flatten(node.outputs)})
        pending += reversed(node.parents)
    return list(found.values())
