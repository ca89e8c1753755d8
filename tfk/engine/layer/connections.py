"""Where a layer stands in the models built with it: its inputs and outputs, call by call."""

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.losses import _LossesMixin


class _NodesMixin(_LossesMixin):
    """The part of a layer that answers questions about its nodes."""

    @property
    def inbound_nodes(self):
        """The calls of this layer on symbolic tensors, in order."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self):
        """The calls of other layers on what this layer returned."""
        return self._outbound_nodes

    def _at_node(self, index, side):
        if not -len(self._inbound_nodes) <= index < len(self._inbound_nodes):
            raise AttributeError(
                f"{layer_title(self)} was called {len(self._inbound_nodes)} time(s) on symbolic"
                f" tensors: it has no {side} at index {index}."
            )
        node = self._inbound_nodes[index]
        return node.input_tensors if side == "input" else node.outputs

    def _the_only(self, side):
        if not self._inbound_nodes:
            raise AttributeError(
                f"{layer_title(self)} is not connected: it has not been called on an Input, so it"
                f" has no {side}."
            )
        if len(self._inbound_nodes) > 1:
            raise AttributeError(
                f"{layer_title(self)} was called {len(self._inbound_nodes)} times, so '{side}' is"
                f" ambiguous. Use get_{side}_at(index)."
            )
        return self._at_node(0, side)

    @property
    def input(self):
        """The symbolic input of a layer that was called once.

        Raises: AttributeError if it was never called on symbolic tensors, or more than once.
        """
        return self._the_only("input")

    @property
    def output(self):
        """The symbolic output of a layer that was called once; raises like `input`."""
        return self._the_only("output")

    def get_input_at(self, node_index):
        """The symbolic input of the call number `node_index`."""
        return self._at_node(node_index, "input")

    def get_output_at(self, node_index):
        """The symbolic output of the call number `node_index`."""
        return self._at_node(node_index, "output")

    def get_input_shape_at(self, node_index):
        """The input's shape as a tuple (a nest for several inputs) in the call number
        `node_index`.
        """
        return _shapes(self.get_input_at(node_index))

    def get_output_shape_at(self, node_index):
        """The output's shape as a tuple (a nest for several outputs) in the call number
        `node_index`.
        """
        return _shapes(self.get_output_at(node_index))

    def get_input_mask_at(self, node_index):
        """The mask that the input of call `node_index` carries, None without one."""
        return _masks(self.get_input_at(node_index))

    def get_output_mask_at(self, node_index):
        """The mask that the output of call `node_index` carries, None without one."""
        return _masks(self.get_output_at(node_index))

    @property
    def input_mask(self):
        """The mask of `input`, None without one."""
        return _masks(self.input)

    @property
    def output_mask(self):
        """The mask of `output`, None without one."""
        return _masks(self.output)

    @property
    def input_shape(self):
        """Shape of the input as a tuple, the same in all calls.

        Raises: AttributeError if the layer was never called on symbolic tensors or its shapes
            differ.
        """
        return self._common_shape("input")

    @property
    def output_shape(self):
        """Shape of the output as a tuple, the same in all calls; raises like `input_shape`."""
        return self._common_shape("output")

    def _common_shape(self, side):
        if not self._inbound_nodes:
            raise AttributeError(
                f"{layer_title(self)} has never been called on an Input, so it has no {side}_shape."
            )
        shapes = [_shapes(self._at_node(index, side)) for index in range(len(self._inbound_nodes))]
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f"{layer_title(self)} was called on different shapes, so '{side}_shape' is"
                f" ambiguous: {shapes}. Use get_{side}_shape_at(index)."
            )
        return shapes[0]


def _shapes(tensors):
    def shape(tensor):
        return tuple(tensor.shape) if tensor.shape.rank is not None else None

    if isinstance(tensors, (list, tuple)) and len(tensors) == 1:
        return shape(tensors[0]) if isinstance(tensors, tuple) else [shape(tensors[0])]
    return tf.nest.map_structure(shape, tensors)


def _masks(tensors):
    masks = tf.nest.map_structure(lambda tensor: getattr(tensor, "_keras_mask", None), tensors)
    return None if all(mask is None for mask in tf.nest.flatten(masks)) else masks
