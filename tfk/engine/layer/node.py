"""Node: one call of a layer in the graph of a model being built."""

import collections

import tensorflow as tf

from tfk.engine.layer.symbolic import is_symbolic

KerasHistory = collections.namedtuple("KerasHistory", "layer node_index tensor_index")


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
                tensor.node = self
                tensor._keras_history = KerasHistory(layer, index, position)
        layer._inbound_nodes.append(self)
        for parent in self.parents:
            parent.layer._outbound_nodes.append(self)

    @property
    def is_input(self):
        return not self.inputs

    @property
    def parents(self):
        """The nodes that produced this node's inputs."""
        return [tensor.node for tensor in self.inputs]

    @property
    def index(self):
        """Position of this call among the calls of its layer."""
        return self.layer._inbound_nodes.index(self)

    # Names of the same attributes in Keras 2.
    @property
    def inbound_layers(self):
        layers = [parent.layer for parent in self.parents]
        return layers[0] if len(layers) == 1 else layers

    @property
    def outbound_layer(self):
        return self.layer

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
        return [self.outputs] if self.is_input else self.args[0]

    @property
    def output_tensors(self):
        return [self.outputs] if self.is_input else self.outputs

    @property
    def input_shapes(self):
        return shape_tuples(self.input_tensors)

    @property
    def output_shapes(self):
        return shape_tuples(self.output_tensors)


def shape_tuples(tensors):
    """Return the shapes of a nest of tensors as tuples in the same nest; None for an unknown
    rank.
    """

    def shape(tensor):
        found = tf.TensorShape(getattr(tensor, "shape", None))
        return None if found.rank is None else tuple(found)

    return tf.nest.map_structure(shape, tensors)
