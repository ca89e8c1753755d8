"""The objects that a SavedModel folder describes, as plain data: nothing in it is loaded or run."""

import math
import os
from typing import NamedTuple

import tensorflow as tf
from google.protobuf.message import DecodeError

from tfk.saving.json_format import parse
from tfk.utils.loading import LoadLimitError, reserve
from tfk.utils.protobuf_wire import fields
from tfk.utils.tensorflow_internals import saved_model_pb2

GRAPH_FILE, METADATA_FILE = "saved_model.pb", "keras_metadata.pb"
CHECKPOINT = os.path.join("variables", "variables")
# Numbers of fields in `keras_metadata.pb`.
NODES, NODE_ID, METADATA = 1, 2, 5
SERVING = "serving_default"
KERAS_PREFIX = "_tf_keras_"
PROTO_EXPANSION = 8  # bytes of memory per byte of a message
LISTS = ("__tuple__", "TensorShape")  # what Keras 2 writes for a tuple and a shape


class SavedObject(NamedTuple):
    """One object of the graph in a SavedModel.

    Attributes:
        identifier: What kind of object it is, `"_tf_keras_layer"` for instance.
        children: Dict from names to the indices of other objects.
    """

    identifier: str
    children: dict


class SavedObjects:
    """The contents of a SavedModel folder.

    Attributes:
        objects: List of `SavedObject`; the first one is the model.

    Raises: ValueError if the folder is damaged.
    """

    def __init__(self, path):
        self.path = path
        self._graph = _read_graph(os.path.join(path, GRAPH_FILE))
        self._metadata = _read_metadata(os.path.join(path, METADATA_FILE))
        reserve(f"The graph in {path!r}", objects=len(self._nodes))
        self.objects = [_saved_object(node) for node in self._nodes]
        for item in self.objects:
            if any(not 0 <= child < len(self.objects) for child in item.children.values()):
                raise ValueError(f"{path!r} is damaged: an object refers to one that is missing.")

    @property
    def _nodes(self):
        return self._graph.object_graph_def.nodes

    @property
    def checkpoint(self):
        """Prefix of the checkpoint with the variables."""
        return os.path.join(self.path, CHECKPOINT)

    @property
    def is_of_keras(self):
        """Whether the first object is a model that Keras 2 described."""
        return bool(self.objects) and self.objects[0].identifier.startswith(KERAS_PREFIX)

    def metadata(self, index):
        """The metadata Keras 2 stored for a layer or model, a dict; empty for other objects.

        Raises: ValueError if it cannot be read.
        """
        text = self._metadata.get(index) or self._nodes[index].user_object.metadata
        if not text:
            return {}
        found = _plain(parse(text, f"The metadata in {self.path!r}"))
        if not isinstance(found, dict):
            raise ValueError(f"{self.path!r} is damaged: an object is described by {found!r:.100}.")
        return found

    def input_specs(self):
        """Dict from names to type specs of the inputs of the default signature."""
        inputs = self._graph.signature_def[SERVING].inputs
        return {
            name: tf.TensorSpec(tf.TensorShape(info.tensor_shape), tf.as_dtype(info.dtype))
            for name, info in inputs.items()
        }

    def table_constants(self, index):
        """Return the constants with which a lookup table is initialized: its keys and its
        values."""
        graph = self._graph.object_graph_def
        initializer = self.objects[index].children.get("_initialize")
        names = () if initializer is None else self._nodes[initializer].function.concrete_functions
        operations = [
            self._nodes[number].constant.operation
            for name in names
            if name in graph.concrete_functions
            for number in graph.concrete_functions[name].bound_inputs
            if 0 <= number < len(self.objects)
        ]
        stored = {node.name: node for node in self._graph.graph_def.node if node.op == "Const"}
        tensors = [stored[name].attr["value"].tensor for name in operations if name in stored]
        for tensor in tensors:  # one stored value may stand for any number of them
            size = math.prod(max(dim.size, 0) for dim in tensor.tensor_shape.dim)
            reserve(f"A constant in {self.path!r}", elements=size)
        return [tf.make_ndarray(tensor) for tensor in tensors]


def _saved_object(node):
    reserve("An object of the graph", objects=len(node.children))
    children = {child.local_name: child.node_id for child in node.children}
    return SavedObject(node.user_object.identifier, children)


def _read(path):
    reserve(repr(path), bytes=PROTO_EXPANSION * os.path.getsize(path))
    with open(path, "rb") as file:
        return file.read()


def _read_graph(path):
    try:
        graphs = saved_model_pb2.SavedModel.FromString(_read(path)).meta_graphs
    except DecodeError as error:
        raise ValueError(f"{path!r} is damaged: {error}") from None
    if not graphs:
        raise ValueError(f"{path!r} is damaged: it holds no graph.")
    return graphs[0]


def _read_metadata(path):
    """Dict from the index of an object to its metadata, a JSON text."""
    if not os.path.isfile(path):
        return {}  # before TensorFlow 2.5 it is part of the graph
    try:
        nodes = [_fields(value) for number, value in fields(_read(path)) if number == NODES]
        return {node.get(NODE_ID, 0): node.get(METADATA) for node in nodes}
    except LoadLimitError:
        raise
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path!r} is damaged: {error}") from None


def _fields(node):
    reserve("The metadata of an object", objects=1)
    return dict(fields(node))


def _plain(nest):
    """A nest of JSON, with the objects that stand for tuples and shapes as lists."""
    if isinstance(nest, list):
        return [_plain(item) for item in nest]
    if not isinstance(nest, dict):
        return nest
    if nest.get("class_name") in LISTS and "items" in nest:
        return _plain(nest["items"])
    return {key: _plain(value) for key, value in nest.items()}
