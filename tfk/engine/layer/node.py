"""Node: one call of a layer in the graph of a model being built."""

import tensorflow as tf

from tfk.engine.layer.symbolic import is_symbolic


class Node:
    """A layer called on symbolic tensors.

    Attributes:
        layer: The layer.
        args, kwargs: The arguments as given, with symbolic tensors in their places.
        inputs: The symbolic tensors among them, in order.
        outputs: Nest of symbolic tensors that the call returned.
    """

    def __init__(self, layer, args, kwargs, outputs):
        self.layer, self.args, self.kwargs, self.outputs = layer, args, kwargs, outputs
        self.inputs = [value for value in tf.nest.flatten((args, kwargs)) if is_symbolic(value)]
        index = len(layer._inbound_nodes)
        for position, tensor in enumerate(tf.nest.flatten(outputs)):
            if is_symbolic(tensor):
                tensor._keras_history = (layer, index, position)
        layer._inbound_nodes.append(self)
        for parent in self.parents:
            parent.layer._outbound_nodes.append(self)

    @property
    def is_input(self):
        return not self.inputs

    @property
    def parents(self):
        """The nodes that made this node's inputs."""
        return [node_of(tensor) for tensor in self.inputs]

    @property
    def index(self):
        """Position of this call among the calls of its layer."""
        return self.layer._inbound_nodes.index(self)

    # Names under which Keras 2 publishes the same facts.
    @property
    def inbound_layers(self):
        layers = [parent.layer for parent in self.parents]
        return layers[0] if len(layers) == 1 else layers

    @property
    def call_args(self):
        return self.args

    @property
    def call_kwargs(self):
        return self.kwargs

    @property
    def parent_nodes(self):
        return self.parents

    @property
    def keras_inputs(self):
        return self.inputs

    @property
    def input_tensors(self):
        return self.args[0] if self.args else self.outputs

    @property
    def output_tensors(self):
        return self.outputs


def node_of(tensor):
    """The node that made a symbolic tensor."""
    layer, node_index, _ = tensor._keras_history
    return layer._inbound_nodes[node_index]


def output_at(tensor):
    """`(node, tensor_index)` of a symbolic tensor."""
    return node_of(tensor), tensor._keras_history[2]
