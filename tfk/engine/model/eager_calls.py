"""Runs repeated eager calls of a graph of library layers as one graph call.

Op by op, a call of a model costs Python time for every operation: ten times the graph of a small
network. From the third call of one kind on, a model that consists of layers of this package runs
as a traced function, which tapes record as one operation. Its results are those of the operations,
apart from the order in which kernels round.

The operations run one by one where Python code of the user takes part in the call, or where
gradients would differ: see `_consists_of_library_layers` and `_may_be_recorded`.
"""

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.metrics.metric import Metric
from tfk.utils.autograph import is_library
from tfk.utils.graph_operations import operations
from tfk.utils.logits import attach_logits, attached_kind, logits_of
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.tensorflow_internals import is_recording

# Calls of one kind before the first trace of a model, so that single calls do not pay for one. Each
# further trace takes twice as many, so that models that change all the time are seldom traced.
CALLS_BEFORE_TRACING = 2
MORE_CALLS = 2

# Stateful operations that do the same in a graph; random numbers, printing and Python code do not.
_SAME_IN_GRAPHS = frozenset(
    """
    ReadVariableOp AssignVariableOp AssignAddVariableOp AssignSubVariableOp ResourceGather
    ResourceGatherNd StatefulPartitionedCall
    """.split()
)
# Attributes of layers whose functions do not take part in calls.
_NOT_CALLED = ("initializer", "regularizer", "constraint")


class EagerCalls:
    """The graphs for eager calls of one model in one state.

    Args:
        model: A model with a graph of layers.
    """

    def __init__(self, model):
        self.allowed = _consists_of_library_layers(model)
        self.single = _may_be_recorded(model._graph) if self.allowed else False
        self._known = {}  # by kind of call: how many there were, or a `_GraphOfCall`

    def find(self, model, inputs, training):
        """Return the function that computes a call on a flat list of inputs; None if it has to run
        op by op.
        """
        if not self.allowed or (not self.single and is_recording()):
            return None
        declared = model._graph.inputs
        for value, own in zip(inputs, declared):
            if (
                not isinstance(value, tf.Tensor)
                or get_mask(value) is not None
                or not own.shape.is_compatible_with(value.shape)
            ):
                return None
        key = (training, *(value.dtype for value in inputs))
        known = self._known.get(key, 0)
        if known == CALLS_BEFORE_TRACING * MORE_CALLS**model._caches.eager_traces:
            model._caches.eager_traces += 1
            specs = [tf.TensorSpec(o.shape, v.dtype) for v, o in zip(inputs, declared)]
            known = _GraphOfCall.of(model, specs, training)
        elif isinstance(known, int):
            known += 1
        self._known[key] = known
        return None if isinstance(known, int) else known


class _GraphOfCall:
    """One traced call. It takes a flat list of tensors and returns what the model returns."""

    def __init__(self, model, specs, training):
        self._kinds = ()

        def call(*inputs):
            nested = inputs[0] if len(inputs) == 1 else list(inputs)
            outputs = tf.nest.flatten(model._call_op_by_op(nested, training))
            self._kinds = tuple(map(attached_kind, outputs))
            return outputs, [*map(get_mask, outputs)], [*map(logits_of, outputs)]

        function = tf.function(call, autograph=False)
        self._run = function.get_concrete_function(*specs)
        self._structure = model._graph.nested_outputs

    @classmethod
    def of(cls, model, specs, training):
        """Return the traced call; None if it does something else than the operations would."""
        try:
            traced = cls(model, specs, training)
        except Exception:  # what is wrong shows op by op
            return None
        graph = traced._run.graph
        resources = all(value.dtype == tf.resource for value, _ in graph.captures)
        same = all(
            not op.op_def.is_stateful or op.type in _SAME_IN_GRAPHS for op in operations(graph)
        )
        return traced if resources and same else None

    def __call__(self, inputs):
        outputs, masks, logits = self._run(*inputs)
        for output, mask, kind, raw in zip(outputs, masks, self._kinds, logits):
            if mask is not None:
                set_mask(output, mask)
            if kind is not None:
                attach_logits(output, raw, kind)
        return tf.nest.pack_sequence_as(self._structure, outputs)


def flat_inputs(graph, inputs):
    """Return the inputs of a call in the order of the graph; None if they have to be matched."""
    if tf.is_tensor(inputs):
        flat = [inputs]
    elif isinstance(inputs, dict):
        nested = graph.nested_inputs
        names = sorted(nested) if isinstance(nested, dict) else graph.input_names
        flat = [inputs[name] for name in names] if inputs.keys() == set(names) else []
    else:
        flat = tf.nest.flatten(inputs)
    return flat if len(flat) == len(graph.inputs) else None


def can_run(model):
    """Return whether calls of a model may be graphs in the present context."""
    return (
        tf.executing_eagerly()
        and not model._run_eagerly
        and not tf.config.functions_run_eagerly()
        and not tf.distribute.has_strategy()
        and model.distribute_strategy is tf.distribute.get_strategy()
    )


def _consists_of_library_layers(model):
    """Return whether no Python code of the user takes part in a call, and nothing but its outputs
    and variables remains of it.
    """
    if model._graph is None or model._graph.side_outputs:
        return False
    return all(map(_is_plain, model._flatten_layers())) and not any(
        isinstance(variable, tf.distribute.DistributedValues) for variable in model.variables
    )


def _is_plain(layer):
    code = (layer.call, layer.compute_mask, type(layer).__call__)
    return (
        all(map(is_library, code))
        and (hasattr(layer, "_graph") or _has_plain_attributes(layer))
        and layer.built
        and layer.graph_equals_operations
        and not layer._dynamic
        and layer._activity_regularizer is None
        and not layer._added_metrics
    )


def _has_plain_attributes(layer):
    return is_library(type(layer)) and all(
        _is_plain_attribute(value)
        for name, value in vars(layer).items()
        if name[0] != "_" and not name.endswith(_NOT_CALLED)
    )


def _is_plain_attribute(value):
    """Return whether an attribute is data or code of the library.

    Tensors are not: programs replace variables by tensors that are other ones in each call.
    """
    if isinstance(value, (tf.Tensor, Metric)):
        return False
    if isinstance(value, (Layer, tf.Variable)) or not callable(value):
        return True
    return is_library(value) or (getattr(value, "__module__", None) or "").startswith("tensorflow.")


def _may_be_recorded(graph):
    """Return whether gradients through one operation are those through the layers.

    They are not for an output that other outputs depend on, nor for variables that only one of
    several outputs depends on.
    """
    used = {id(tensor) for node in graph.nodes for tensor in node.inputs}
    return len(graph.outputs) == 1 and id(graph.outputs[0]) not in used
