"""Sequential: a linear stack of layers."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfk.engine.graph.graph import Graph
from tfk.engine.graph.input_layer import Input, InputLayer
from tfk.engine.layer import call_context
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.layer.tracking import unique
from tfk.engine.model.model import Model
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Shape, TensorLike
from tfk.utils.masks import set_mask
from tfk.utils.shapes import is_shape, to_tuples
from tfk.utils.specs import open_spec


@register("models")
class Sequential(Model):
    """Linear stack of layers, each with one input and one output.

    With an `Input` (or `input_shape=` on the first layer) the weights are created immediately;
    otherwise when the model first sees data or `build(input_shape)` is called.

    Args:
        layers: List of layers to add. Defaults to None.
        name: Name of the model; None derives it from the class name. Defaults to None.

    Raises: TypeError when adding an object that is not a layer, ValueError for a duplicate name.

    >>> import tfk
    >>> model = Sequential([tfk.layers.Dense(8, input_shape=(4,)), tfk.layers.Dense(1)])
    >>> model.output_shape
    (None, 1)
    """

    _runs_graph = True
    config_may_be_list = True  # of layers, as Keras 1.0 to 2.2.2 wrote it
    _numbers_layers = True  # also before the graph exists

    _UNTRACKED = frozenset(
        (
            "_chain",
            "_graph_pending",
            "_inferred_input",
            "_made_graph",
            "_runs_layer_by_layer",
            "_stack",
        )
    )

    _stack: list  # the layers in order, including an InputLayer
    _chain: list  # the output of each layer for the symbolic input below
    _made_graph: Graph | None = None  # of the chain, when it was last used
    _graph_pending: bool = False  # whether the chain has changed since
    _inferred_input: object = None  # the type spec taken from data, where no Input was given
    _runs_layer_by_layer: bool = False  # whether a layer has no symbolic outputs

    def __init__(self, layers: Sequence[Any] | None = None, name: str | None = None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._stack, self._chain = [], []
        self._members["_stack"] = self._stack
        self._inferred_input, self._runs_layer_by_layer = None, False
        if layers is not None and not isinstance(layers, (list, tuple)):
            layers = [layers]
        for layer in layers or ():
            self.add(layer)

    @property
    def layers(self):
        """The layers in order, each once, without the InputLayer."""
        return unique(self._without_input())

    def _without_input(self):
        return [layer for layer in self._stack if not isinstance(layer, InputLayer)]

    def add(self, layer: Any):
        """Add `layer` on top of the stack.

        Args:
            layer: A layer or model, or the result of `Input(...)` as the first one. A layer may be
                added several times; its weights are shared.
        Raises: TypeError if it is not a layer, ValueError for a duplicate name or a misplaced
            Input.
        """
        if is_symbolic(layer) and isinstance(layer._keras_history[0], InputLayer):
            layer = layer._keras_history[0]
        if isinstance(layer, tf.Module) and not isinstance(layer, Layer):
            layer = ModuleWrapper(layer)
        if not isinstance(layer, Layer):
            raise TypeError(f"{layer_title(self)}: add expected a layer, {_no_layer(layer)}")
        if any(layer.name == other.name and layer is not other for other in self._stack):
            raise ValueError(
                f"{layer_title(self)}: duplicate layer name {layer.name!r}. Layer names must be"
                " unique."
            )
        if isinstance(layer, InputLayer):
            if self._stack:
                raise ValueError(
                    f"{layer_title(self)}: an Input must be the first layer, but there are"
                    f" {len(self._stack)} layers already."
                )
            self._begin(layer)
            return
        if not self._stack:
            spec = _input_spec_of(layer)
            if spec is not None:
                self._begin(_history(Input(type_spec=spec, name=f"{layer.name}_input")))
        self._stack.append(layer)
        self.renew_version()
        if self._chain:
            try:
                self._extend(layer)
            except Exception:
                self._stack.pop()
                raise
        self._restore_new_layers()

    def _begin(self, entry):
        """Make an InputLayer the bottom of the stack."""
        self._stack.append(entry)
        self._chain.append(entry.output)
        self._plan()

    def _extend(self, layer):
        """Call a layer on the current output."""
        with call_context.outside():
            output = layer(self._chain[-1])
        if len(tf.nest.flatten(output)) != 1:
            raise _SeveralOutputsError(
                f"{layer_title(self)}: a layer of a Sequential has one output, but"
                f" {layer_title(layer)} returned {len(tf.nest.flatten(output))}. Use the functional"
                " API (Model(inputs, outputs)) for layers that return several."
            )
        self._chain.append(output)
        self._plan()

    def _plan(self):
        """Return the graph from the Input to the current output, built on demand."""
        self._made_graph, self._graph_pending = None, True
        self.built = True
        self.renew_version()

    @property
    def _graph(self):
        if self._graph_pending:
            self._graph = Graph(self._chain[0], self._chain[-1], owner=layer_title(self))
        return self._made_graph

    @_graph.setter
    def _graph(self, graph):
        self._made_graph, self._graph_pending = graph, False

    def pop(self):
        """Remove the last layer.

        Raises: TypeError if there is none.
        """
        if not self.layers:
            raise TypeError(f"{layer_title(self)}: there are no layers to pop.")
        self._stack.pop()
        self.renew_version()
        if self._chain:
            _disconnect(self._chain.pop())
            self._plan()
        if not self.layers:
            self._forget_chain()

    @property
    def input_spec(self):
        """Constraints on the input; None if its Input was inferred from data, which may vary."""
        if self._inferred_input is not None:
            return self._input_spec
        return Model.input_spec.fget(self)

    @input_spec.setter
    def input_spec(self, value):
        self._input_spec = value

    def build(self, input_shape: Shape | None = None) -> None:
        """Create the weights for inputs of this shape.

        Args:
            input_shape: Tuple with the batch size (None for any); a list or dict of tuples for a
                first layer with several inputs. Defaults to None.
        """
        if self._graph is not None:
            return
        if input_shape is None:
            raise ValueError(f"{layer_title(self)}: build needs input_shape, such as (None, 8).")
        if isinstance(input_shape, tf.TensorShape) or is_shape(input_shape):
            if self._infer(tf.TensorSpec(input_shape, self.compute_dtype)):
                return
        super().build(input_shape)

    def _build_on(self, inputs):
        spec = tf.nest.map_structure(open_spec, inputs)
        if isinstance(
            spec, (tf.TensorSpec, tf.RaggedTensorSpec, tf.SparseTensorSpec)
        ) and self._infer(spec):
            return
        self._build_shapes = tf.nest.map_structure(
            lambda value: getattr(value, "shape", None), inputs
        )
        self.built = True
        self._note_called(inputs)

    def _infer(self, spec):
        """Try to build the graph for an input of this spec; return False if a layer cannot be
        called symbolically.

        Its error appears when the layer is called on values.
        """
        layers = self._without_input()
        if not layers or self._runs_layer_by_layer:
            return False
        self._forget_chain()
        with call_context.lifted():
            self._chain[:] = [Input(type_spec=spec, name=f"{layers[0].name}_input")]
            try:
                for layer in layers:
                    self._extend(layer)
            except _SeveralOutputsError:
                raise
            except Exception:
                self._forget_chain()
                self._runs_layer_by_layer = True
                return False
        self._stack[:] = [_history(self._chain[0]), *layers]
        self._inferred_input, self._build_shapes = spec, spec.shape
        self._after_build()
        return True

    def _forget_chain(self):
        """Remove the calls of the graph from their layers, which other models may use."""
        for output in reversed(self._chain):
            _disconnect(output)
        self._stack[:], self._chain[:] = self._without_input(), []
        self._graph = self._inferred_input = None
        self.built = False
        self.renew_version()

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None):
        """Run the layers one after the other.

        Args:
            inputs: Tensor, or a nest of tensors.
            training: Whether to run in training mode; None uses the mode of the surrounding call.
                Defaults to None.
            mask: Mask of the inputs. Defaults to None.
        """
        if self._graph is not None:
            self._widen(inputs)
            return super().call(inputs, training=training, mask=mask)
        for value, its_mask in zip(tf.nest.flatten(inputs), tf.nest.flatten(mask)):
            if its_mask is not None:
                set_mask(value, its_mask)
        outputs = inputs
        for layer in self._without_input():
            outputs = layer(outputs)
        return outputs

    def _widen(self, inputs):
        """Open sizes that were inferred from the first data but vary.

        Data of another rank are passed to the layers unchanged, as in Keras 2.
        """
        spec = self._inferred_input
        shape = getattr(inputs, "shape", None)
        if shape is None or not isinstance(spec, tf.TensorSpec) or is_symbolic(inputs):
            return
        if shape.rank != spec.shape.rank or spec.shape.is_compatible_with(shape):
            return
        merged = [a if a == b else None for a, b in zip(spec.shape, shape)]
        self._infer(tf.TensorSpec([None, *merged[1:]], spec.dtype))

    def compute_output_shape(self, input_shape: Shape):
        shape = input_shape
        for layer in self._without_input():
            shape = layer.compute_output_shape(shape)
        return shape

    def get_config(self) -> Config:
        layers = self._stack
        config = {"name": self.name, "layers": [serialize_keras_object(layer) for layer in layers]}
        if self._graph is None and self._build_shapes is not None:
            config["build_input_shape"] = to_tuples(self._build_shapes)
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        """Create a model from the result of `get_config` (or a bare list of layers, as in old
        files).
        """
        name, shape, layers = None, None, config
        if isinstance(config, dict):
            name, shape, layers = (
                config.get("name"),
                config.get("build_input_shape"),
                config["layers"],
            )
        model, by_name = cls(name=name), {}
        for data in layers:
            layer = deserialize_keras_object(data, custom_objects=custom_objects)
            first = by_name.setdefault(layer.name, layer)
            same = type(first) is type(layer) and first.get_config() == layer.get_config()
            model.add(first if same else layer)
        if model._graph is None and shape and model.layers:
            model.build(shape)
        return model

    def get_build_config(self):
        return None


class ModuleWrapper(Layer):
    """Layer that wraps a `tf.Module`.

    Args:
        module: A module with `__call__` or `call`, which may accept `training` and `mask`.

    Raises: ValueError if the module has neither.
    """

    def __init__(self, module, **kwargs):
        super().__init__(**kwargs)
        names = [name for name in ("__call__", "call") if hasattr(module, name)]
        if not names:
            raise ValueError(
                f"{layer_title(self)}: __call__ is not defined by {type(module).__name__}, and"
                " neither is call. A module needs one of them to be a layer."
            )
        self.module = module
        self.call = getattr(module, names[0])


class _SeveralOutputsError(ValueError):
    """A layer of a Sequential returned several outputs."""


def _disconnect(output):
    """Remove the call that returned `output` from the layers it connects."""
    for tensor in tf.nest.flatten(output):
        for node, connected in (
            (tensor.node, tensor.node.layer._inbound_nodes),
            *((tensor.node, parent.layer._outbound_nodes) for parent in tensor.node.parents),
        ):
            if node in connected:
                connected.remove(node)


def _history(tensor):
    return tensor._keras_history[0]


def _input_spec_of(layer):
    """Return the type spec of the input declared by a first layer, or None."""
    if isinstance(layer, InputLayer):
        return layer._type_spec
    if isinstance(layer, Model):
        if layer._graph is not None and len(layer._graph.inputs) == 1:
            spec = layer._graph.inputs[0].type_spec
            return (
                tf.TensorSpec(spec.shape, spec.dtype) if isinstance(spec, tf.TensorSpec) else spec
            )
        first = layer.layers[0] if isinstance(layer, Sequential) and layer.layers else None
        return _input_spec_of(first) if first is not None else None
    shape = getattr(layer, "_batch_input_shape", None)
    if shape is None:
        return None
    return tf.TensorSpec(shape, layer.dtype)


def _no_layer(value):
    """What `add` got instead of a layer, and how to make one of it."""
    if isinstance(value, type) and issubclass(value, Layer):
        return f"got the class {value.__name__}. Pass an object: {value.__name__}(...)."
    hint = "A function becomes a layer with Lambda(function)."
    if isinstance(value, str):
        hint = f"For an activation write Activation({value!r})."
    return f"got {type(value).__name__}: {value!r}. {hint}"
