"""The inputs and outputs of a layer in the models built with it, call by call."""

import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.losses import _LossesMixin
from tfk.utils.masks import get_mask


class _NodesMixin(_LossesMixin):
    """Mixin that gives access to the nodes of a layer."""

    _UNTRACKED = frozenset(("_inbound_nodes", "_outbound_nodes"))

    _inbound_nodes: list  # the calls of this layer on symbolic tensors
    _outbound_nodes: list  # the calls of other layers on its outputs

    @property
    def inbound_nodes(self):
        """The calls of this layer on symbolic tensors, in order."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self):
        """The calls of other layers on the outputs of this layer."""
        return self._outbound_nodes

    def _node_at(self, index, side):
        calls = len(self._inbound_nodes)
        if not calls:
            raise RuntimeError(
                f"{layer_title(self)} was never called on an Input, so it has no {side}."
            )
        if not -calls <= index < calls:
            raise ValueError(
                f"{layer_title(self)} was called {calls} time(s) on symbolic tensors: it has no"
                f" {side} at index {index}."
            )
        return self._inbound_nodes[index]

    @property
    def input(self):
        """The symbolic input of the layer's first call.

        Raises: AttributeError if it was never called on symbolic tensors.
        """
        return self._of_first_call("input")

    @property
    def output(self):
        """The symbolic output of the layer's first call; raises like `input`."""
        return self._of_first_call("output")

    def _of_first_call(self, side):
        if not self._inbound_nodes:
            raise AttributeError(
                f"{layer_title(self)} is not connected: it has not been called on an Input, so it"
                f" has no {side}."
            )
        return _single(getattr(self._inbound_nodes[0], f"{side}_tensors"))

    def get_input_at(self, node_index):
        """Return the symbolic input of call `node_index`."""
        return _single(self._node_at(node_index, "input").input_tensors)

    def get_output_at(self, node_index):
        """Return the symbolic output of call `node_index`."""
        return _single(self._node_at(node_index, "output").output_tensors)

    def get_input_shape_at(self, node_index):
        """Return the input shape of call `node_index` as a tuple (a nest for several inputs)."""
        return _single(self._node_at(node_index, "input").input_shapes)

    def get_output_shape_at(self, node_index):
        """Return the output shape of call `node_index` as a tuple (a nest for several outputs)."""
        return _single(self._node_at(node_index, "output").output_shapes)

    def get_input_mask_at(self, node_index):
        """Return the mask carried by the input of call `node_index`, or None."""
        return _masks(self.get_input_at(node_index))

    def get_output_mask_at(self, node_index):
        """Return the mask carried by the output of call `node_index`, or None."""
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
        shapes = [getattr(node, f"{side}_shapes") for node in self._inbound_nodes]
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f"{layer_title(self)} was called on different shapes, so '{side}_shape' is"
                f" ambiguous: {shapes}. Use get_{side}_shape_at(index)."
            )
        return shapes[0]


def _single(values):
    """Return the only value of a list of one, as in Keras 2; any other nest unchanged."""
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _masks(tensors):
    masks = tf.nest.map_structure(get_mask, tensors)
    return None if all(mask is None for mask in tf.nest.flatten(masks)) else masks
