"""Graph: the layers between given inputs and outputs, sorted once and run as a flat plan."""

import collections
import warnings

import tensorflow as tf

from tfk.engine.graph.input_layer import Input, InputLayer
from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.node import Node
from tfk.engine.layer.symbolic import SymbolicTensor, is_symbolic
from tfk.utils.masks import get_mask, set_mask

# One step of the plan: values[targets] = layer(*args, **kwargs), where places of `flat` are filled
# from `sources`.
Step = collections.namedtuple("Step", "layer direct sources places flat structure targets spent")


class Graph:
    """Graph of layers from `inputs` to `outputs`.

    Args:
        inputs, outputs: Symbolic tensors, or nests (lists, dicts) of them.
        owner: Name of the model in error messages. Defaults to `"Model"`.
        side_outputs: Symbolic tensors to compute without returning them: added losses and metrics.

    Attributes:
        nodes: The layer calls in an executable order.
        layers: The layers in Keras's order: by depth from the outputs, then by discovery.
        depth: Dict from node to its distance from the outputs.

    Raises: ValueError if an output depends on an Input that is not in `inputs`, or if names are not
        unique.
    """

    def __init__(self, inputs, outputs, owner="Model", side_outputs=()):
        _check_symbolic(inputs, "inputs", owner)
        _check_symbolic(outputs, "outputs", owner)
        inputs, outputs = _start_at_inputs(inputs, outputs)
        self.nested_inputs, self.nested_outputs = inputs, outputs
        self.inputs, self.outputs = tf.nest.flatten(inputs), tf.nest.flatten(outputs)
        if len({id(tensor) for tensor in self.inputs}) < len(self.inputs):
            raise ValueError(f"{owner}: the same Input is listed twice among the inputs.")
        self.side_outputs = list(side_outputs)
        nodes, met = _discover(self.outputs + self.side_outputs, self.inputs, owner)
        self.depth, self.layers = _order(nodes, met, self.inputs)
        rank = {node: index for index, node in enumerate(nodes)}
        self.nodes = sorted(self.depth, key=lambda node: (-self.depth[node], rank.get(node, -1)))
        names = collections.Counter(layer.name for layer in self.layers)
        repeated = [name for name, count in names.items() if count > 1]
        if repeated:
            raise ValueError(
                f"{owner}: layer names must be unique within a model, but these repeat: {repeated}."
            )
        self.input_names = [tensor._keras_history[0].name for tensor in self.inputs]
        self.output_names = _unique([tensor._keras_history[0].name for tensor in self.outputs])
        self.input_specs = self._specs_of_inputs()
        self._plan()

    def _specs_of_inputs(self):
        """Return one InputSpec per input; None if they are nested deeper than one level."""
        nested = self.nested_inputs
        if isinstance(nested, (dict, list, tuple)) and len(nested) != len(self.inputs):
            return None
        names = sorted(nested) if isinstance(nested, dict) else self.input_names
        return [
            InputSpec(
                shape=(None, *tensor.shape[1:]) if tensor.shape.rank else None,
                allow_last_axis_squeeze=True,
                name=name,
                optional=getattr(tensor._keras_history[0], "optional", False),
            )
            for tensor, name in zip(self.inputs, names)
        ]

    def _plan(self):
        slots = {}
        for tensor in self.inputs:
            slots[id(tensor)] = len(slots)
        steps, last_use = [], {}
        for node in self.nodes:
            if node.is_input:
                continue
            flat = tf.nest.flatten((node.args, node.kwargs))
            places = [place for place, value in enumerate(flat) if is_symbolic(value)]
            sources = [slots[id(flat[place])] for place in places]
            targets = []
            for output in tf.nest.flatten(node.outputs):
                targets.append(
                    slots.setdefault(id(output), len(slots)) if is_symbolic(output) else None
                )
            direct = len(node.args) == 1 and not node.kwargs and is_symbolic(node.args[0])
            for source in sources:
                last_use[source] = len(steps)
            steps.append(
                [node.layer, direct, sources, places, flat, (node.args, node.kwargs), targets, ()]
            )
        self._output_slots = [slots[id(tensor)] for tensor in self.outputs]
        spent = collections.defaultdict(list)
        for slot, step in last_use.items():
            if slot not in self._output_slots:
                spent[step].append(slot)
        self._steps = tuple(
            Step(*step[:-1], tuple(spent[index])) for index, step in enumerate(steps)
        )
        self._size = len(slots)

    def run(self, inputs):
        """Compute the outputs for a flat list of input tensors, one per `self.inputs`."""
        values = [None] * self._size
        values[: len(inputs)] = inputs
        for step in self._steps:
            if step.direct:
                result = step.layer(values[step.sources[0]])
            else:
                flat = list(step.flat)
                for place, source in zip(step.places, step.sources):
                    flat[place] = values[source]
                args, kwargs = tf.nest.pack_sequence_as(step.structure, flat)
                result = step.layer(*args, **kwargs)
            if len(step.targets) == 1 and step.targets[0] is not None and tf.is_tensor(result):
                values[step.targets[0]] = result
            else:
                for target, value in zip(step.targets, tf.nest.flatten(result)):
                    if target is not None:
                        values[target] = value
            for slot in step.spent:
                values[slot] = None
        return tf.nest.pack_sequence_as(
            self.nested_outputs, [values[slot] for slot in self._output_slots]
        )

    def flatten_inputs(self, inputs, owner):
        """Return the inputs of a call as a flat list in the order of `self.inputs`, cast to their
        ranks and dtypes.
        """
        if isinstance(inputs, dict):
            is_dict = isinstance(self.nested_inputs, dict)
            flat = _from_dict(inputs, sorted(self.nested_inputs) if is_dict else self.input_names)
        else:
            flat = tf.nest.flatten(inputs)
        if len(flat) != len(self.inputs):
            raise ValueError(
                f"{owner}: expected {len(self.inputs)} input(s) ({', '.join(self.input_names)}),"
                f" got {len(flat)}."
            )
        return [_fit(value, tensor) for value, tensor in zip(flat, self.inputs)]


def _check_symbolic(nest, what, owner):
    flat = tf.nest.flatten(nest)
    if what == "outputs" and not flat:
        raise ValueError(f"{owner}: a model needs at least one output, got {nest!r}.")
    for value in flat:
        if not is_symbolic(value):
            hint = (
                f" Call it: {type(value).__name__}(...)(inputs)." if hasattr(value, "call") else ""
            )
            raise TypeError(
                f"{owner}: {what} must be symbolic tensors, made by tfk.Input and by calling layers"
                f" on it, got {type(value).__name__}: {value!r}.{hint}"
            )


def _from_dict(inputs, names):
    """Return the values of a dict by input name, or in order if its keys are not input names."""
    unused = sorted(str(key) for key in inputs if key not in names)
    if unused and len(inputs) > len(names):
        warnings.warn(
            f"The input dict has the keys {unused}, which are not inputs of the model and are not"
            f" used. The inputs are {list(names)}.",
            stacklevel=2,
        )
    if all(name in inputs for name in names):
        return [inputs[name] for name in names]
    return tf.nest.flatten(inputs)


def _fit(value, tensor):
    """Convert `value` to the rank and dtype of its Input.

    A missing or additional last axis of size 1 is corrected, and a value of unknown rank gets the
    rank of the Input.
    """
    if is_symbolic(value) or not isinstance(value, tf.Tensor):
        return value
    wanted, got = tensor.shape, value.shape
    mask = get_mask(value)
    result = value
    if wanted.rank is not None and got.rank is None:
        result = _with_known_rank(value, wanted)
    elif wanted.rank is not None:
        if got.rank == wanted.rank + 1 and got[-1] == 1:
            result = tf.squeeze(result, -1)
        elif got.rank == wanted.rank - 1 and wanted[-1] == 1:
            result = tf.expand_dims(result, -1)
    if result.dtype != tensor.dtype and tensor.dtype != tf.string and result.dtype != tf.string:
        result = tf.cast(result, tensor.dtype)
    if mask is not None and result is not value:
        set_mask(result, mask)
    return result


def _with_known_rank(value, wanted):
    """Set the shape of a tensor of unknown rank to `wanted`, except for the batch size.

    If that ends in an axis of size 1, the value may lack it.
    """
    if wanted.rank and wanted[-1] == 1 and None not in wanted[1:]:
        return tf.reshape(value, [tf.shape(value)[0], *wanted[1:]])
    return tf.ensure_shape(value, [None, *wanted[1:]] if wanted.rank else wanted)


def _start_at_inputs(inputs, outputs):
    """Return the same graph with an Input for each inner tensor given as input, replaying later
    calls.
    """
    flat = tf.nest.flatten(inputs)
    if all(isinstance(tensor._keras_history[0], InputLayer) for tensor in flat):
        return inputs, outputs
    replaced, fresh = {}, []
    for tensor in flat:
        if isinstance(tensor._keras_history[0], InputLayer):
            fresh.append(tensor)
        else:
            fresh.append(Input(type_spec=_unnamed(tensor.type_spec)))
            replaced[id(tensor)] = fresh[-1]
    nodes, _ = _discover(tf.nest.flatten(outputs), flat, "Model", keep=replaced)
    for node in nodes:
        if node.is_input or not any(id(tensor) in replaced for tensor in node.inputs):
            continue

        def swap(value):
            return replaced.get(id(value), value)

        args, kwargs = tf.nest.map_structure(swap, (node.args, node.kwargs))
        copies = tf.nest.map_structure(_copy_symbol, node.outputs)
        for old, new in zip(tf.nest.flatten(node.outputs), tf.nest.flatten(copies)):
            replaced.setdefault(id(old), new)
        Node(node.layer, args, kwargs, copies)
    outputs = tf.nest.map_structure(lambda tensor: replaced.get(id(tensor), tensor), outputs)
    return tf.nest.pack_sequence_as(inputs, fresh), outputs


def _unnamed(spec):
    return tf.TensorSpec(spec.shape, spec.dtype) if isinstance(spec, tf.TensorSpec) else spec


def _copy_symbol(value):
    return SymbolicTensor(value.type_spec, name=value.name) if is_symbolic(value) else value


def _discover(outputs, inputs, owner, keep=()):
    """Return the nodes between inputs and outputs, depth first from the outputs, in executable
    order.

    Returns: `(nodes, dict from layer to order of discovery)`. The search stops at tensors whose ids
        are in `keep`.
    """
    starts = {id(tensor) for tensor in inputs}
    nodes, met = {}, {}
    stack = [(output, False) for output in reversed(outputs)]
    while stack:
        tensor, inputs_done = stack.pop()
        node = tensor.node
        if inputs_done:
            nodes.setdefault(node)
        elif node not in nodes and id(tensor) not in keep:
            if node.is_input and id(tensor) not in starts:
                raise ValueError(
                    f"{owner}: the graph is disconnected: an output depends on the Input"
                    f' "{tensor.name}", which is not among the inputs of the model. Add it to'
                    " inputs=. If it is the input of a model inside this one, make a model of the"
                    " inner inputs and outputs, and call the other layers on what it returns."
                )
            met.setdefault(node.layer, len(met))
            stack.append((tensor, True))
            stack += [(parent, False) for parent in reversed(node.inputs)]
    return list(nodes), met


def _order(nodes, met, inputs):
    """Return `(depth of each node, layers in Keras's order)`.

    A node is one level deeper than the deepest node that uses it, a layer as deep as its deepest
    node. Layers are sorted by decreasing depth, then by discovery, with unused Inputs first.
    """
    depth, layer_depth = {}, {}
    for node in reversed(nodes):
        own = max(depth.get(node, 0), layer_depth.get(node.layer, 0))
        depth[node] = layer_depth[node.layer] = own
        for parent in node.parents:
            depth[parent] = max(depth.get(parent, 0), own + 1)
    for tensor in inputs:
        layer = tensor._keras_history[0]
        if layer not in layer_depth:
            layer_depth[layer] = depth[tensor.node] = 0
    layers = sorted(layer_depth, key=lambda layer: (-layer_depth[layer], met.get(layer, -1)))
    return depth, layers


def _unique(names):
    """Make names unique by numbering, as needed for an output listed twice."""
    seen, result = collections.Counter(), []
    for name in names:
        result.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return result
