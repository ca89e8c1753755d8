"""Sequential: a model that is a list of layers."""

import tensorflow as tf

from tfk.engine.graph.graph import Graph
from tfk.engine.graph.input_layer import Input, InputLayer
from tfk.engine.layer import call_context
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.model.model import Model
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.utils.shapes import to_tuples
from tfk.utils.specs import open_spec


@register("models")
class Sequential(Model):
    """A stack of layers, each with one input and one output.

    With an `Input` (or `input_shape=` on the first layer) the weights exist at once; otherwise they
    are made when the model first sees data or `build(input_shape)` is called.

    Args:
        layers: List of layers to add.
        name: Name of the model.

    Raises: TypeError when something that is not a layer is added, ValueError when a name repeats.

    >>> import tfk
    >>> model = Sequential([tfk.layers.Dense(8, activation="relu", input_shape=(4,)), tfk.layers.Dense(1)])
    >>> model.output_shape
    (None, 1)
    """

    _runs_graph = True
    config_may_be_list = True  # of layers, as Keras 1.0 to 2.2.2 wrote it

    def __init__(self, layers=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        attributes = self.__dict__
        attributes["_stack"] = []  # all layers, an InputLayer included
        attributes["_members"]["_stack"] = attributes["_stack"]
        attributes["_inferred_input"] = (
            None  # the type spec taken from data, where no Input was given
        )
        if layers is not None and not isinstance(layers, (list, tuple)):
            layers = [layers]
        for layer in layers or ():
            self.add(layer)

    @property
    def layers(self):
        """The layers in order, without the InputLayer."""
        return [layer for layer in self._stack if not isinstance(layer, InputLayer)]

    def add(self, layer):
        """Puts `layer` on top of the stack.

        Args:
            layer: A layer or model, or the result of `Input(...)` as the first one.
        """
        if is_symbolic(layer) and isinstance(layer._keras_history[0], InputLayer):
            layer = layer._keras_history[0]
        if isinstance(layer, tf.Module) and not isinstance(layer, Layer) and callable(layer):
            layer = _ModuleLayer(layer)
        if not isinstance(layer, Layer):
            raise TypeError(
                f"{layer_title(self)}: add expected a layer, got {type(layer).__name__}: {layer!r}."
                " A function becomes a layer with Lambda(function)."
            )
        if any(layer.name == other.name for other in self._stack):
            raise ValueError(
                f"{layer_title(self)}: the name {layer.name!r} is taken by another of its layers."
                " Give each a name of its own."
            )
        if not self._stack:
            spec = _input_spec_of(layer)
            if spec is not None and not isinstance(layer, InputLayer):
                entry = Input(type_spec=spec, name=f"{layer.name}_input")
                self._stack.append(_history(entry))
                self.__dict__["_symbolic_output"] = entry
        elif isinstance(layer, InputLayer):
            raise ValueError(
                f"{layer_title(self)}: an Input can only come first, {len(self._stack)} layers are"
                " there already."
            )
        self._stack.append(layer)
        if isinstance(self._stack[0], InputLayer):
            self._extend()

    def _extend(self):
        """Calls the layer added last on the current output."""
        if len(self._stack) == 1:
            output = self._stack[0]._inbound_nodes[0].outputs
        else:
            below = self.__dict__["_symbolic_output"]
            try:
                with call_context.outside():
                    output = self._stack[-1](below)
            except Exception:
                self._stack.pop()
                raise
            if tf.nest.is_nested(output):
                self._stack.pop()
                raise ValueError(
                    f"{layer_title(self)}: a layer of a Sequential has one output. Use the"
                    " functional API (Model(inputs, outputs)) for layers that return several."
                )
        self.__dict__["_symbolic_output"] = output
        self._plan()

    def _plan(self):
        """The graph from the Input to the current output; made when it is first needed."""
        self.__dict__["_graph"] = None
        self.__dict__["_graph_pending"] = True
        self.built = True

    @property
    def _graph(self):
        if self.__dict__.get("_graph_pending"):
            start = self._stack[0]._inbound_nodes[0].outputs
            graph = Graph(start, self.__dict__["_symbolic_output"], owner=layer_title(self))
            self.__dict__.update(_graph=graph, _graph_pending=False)
        return self.__dict__.get("_graph")

    def pop(self):
        """Takes the last layer off.

        Raises: TypeError if there is none.
        """
        if not self.layers:
            raise TypeError(f"{layer_title(self)}: there are no layers to pop.")
        self._stack.pop()
        if not self.layers:
            self._forget_graph()
            if self._stack and self.__dict__["_inferred_input"] is not None:
                self._stack.pop()
        elif isinstance(self._stack[0], InputLayer):
            below = self._stack[-1]
            if below._outbound_nodes:
                below._outbound_nodes.pop()
            self.__dict__["_symbolic_output"] = below._inbound_nodes[-1].outputs
            self._plan()

    def _forget_graph(self):
        self.__dict__.update(_graph=None, _graph_pending=False, _symbolic_output=None)
        self.built = False

    def build(self, input_shape=None):
        """Makes the weights for inputs of this shape.

        Args:
            input_shape: Tuple with the batch size (None for any).
        """
        if self._graph is not None:
            return
        if input_shape is None:
            raise ValueError(f"{layer_title(self)}: build needs input_shape, such as (None, 8).")
        spec = tf.TensorSpec(input_shape, self.compute_dtype)
        if not self._infer(spec):
            super().build(input_shape)

    def _build_on(self, inputs):
        if self._graph is None and not tf.nest.is_nested(inputs):
            spec = open_spec(inputs)
            if isinstance(
                spec, (tf.TensorSpec, tf.RaggedTensorSpec, tf.SparseTensorSpec)
            ) and self._infer(spec):
                return
        self.__dict__["_build_shapes"] = getattr(inputs, "shape", None)
        self.built = True

    def _infer(self, spec):
        """Tries to make the graph for an input of this spec; False if a layer cannot be called
        symbolically.
        """
        stack = [layer for layer in self._stack if not isinstance(layer, InputLayer)]
        if not stack:
            return False
        first = stack[0].name
        for layer in stack:
            layer._inbound_nodes.clear()
            layer._outbound_nodes.clear()
        with call_context.outside():
            output = Input(type_spec=spec, name=f"{first}_input")
            entry = _history(output)
            for layer in stack:
                output = layer(output)
                if tf.nest.is_nested(output):
                    raise ValueError(
                        f"{layer_title(self)}: a layer of a Sequential has one output,"
                        f" {layer_title(layer)} has several."
                    )
        self._stack[:] = [entry, *stack]
        self.__dict__["_symbolic_output"] = output
        self.__dict__["_inferred_input"] = spec
        self.__dict__["_build_shapes"] = spec.shape
        self._plan()
        self._after_build()
        return True

    def call(self, inputs, training=None, mask=None):
        """Runs the layers one after the other."""
        graph = self._graph
        if graph is not None:
            self._widen(inputs)
            return super().call(inputs, training=training, mask=mask)
        outputs = inputs
        for layer in self.layers:
            outputs = layer(outputs)
        return outputs

    def _widen(self, inputs):
        """Sizes that were taken from the first data and turn out to vary become open."""
        spec = self.__dict__["_inferred_input"]
        shape = getattr(inputs, "shape", None)
        if (
            spec is None
            or shape is None
            or not isinstance(spec, tf.TensorSpec)
            or is_symbolic(inputs)
        ):
            return
        if shape.rank != spec.shape.rank or spec.shape.is_compatible_with(shape):
            return
        merged = [a if a == b else None for a, b in zip(spec.shape, shape)]
        self._infer(tf.TensorSpec([None, *merged[1:]], spec.dtype))

    def compute_output_shape(self, input_shape):
        shape = input_shape
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def get_config(self):
        layers = self._stack
        config = {"name": self.name, "layers": [serialize_keras_object(layer) for layer in layers]}
        shapes = self.__dict__.get("_build_shapes")
        if self._graph is None and shapes is not None:
            config["build_input_shape"] = to_tuples(shapes)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """A new model from what `get_config` returned (also from a bare list of layers, as old
        files hold it).
        """
        name, shape, layers = None, None, config
        if isinstance(config, dict):
            name, shape, layers = (
                config.get("name"),
                config.get("build_input_shape"),
                config["layers"],
            )
        model = cls(name=name)
        for layer in layers:
            model.add(deserialize_keras_object(layer, custom_objects=custom_objects))
        if model._graph is None and shape and model.layers:
            model.build(shape)
        return model

    def get_build_config(self):
        return None


class _ModuleLayer(Layer):
    """A callable `tf.Module` as a layer."""

    def __init__(self, module, **kwargs):
        super().__init__(name=module.name, **kwargs)
        self.module = module

    def call(self, inputs):
        return self.module(inputs)


def _history(tensor):
    return tensor._keras_history[0]


def _input_spec_of(layer):
    """Type spec of the input that a first layer declares, or None."""
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
    shape = layer.__dict__.get("_batch_input_shape")
    if shape is None:
        return None
    return tf.TensorSpec(shape, layer.dtype)
