"""Model: layers combined to be trained, evaluated and saved as one."""

import contextlib
import inspect
import warnings
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfk.engine.graph.added_endpoints import AddLoss, AddMetric
from tfk.engine.graph.graph import Graph
from tfk.engine.graph.graph_config import graph_from_config, graph_to_config
from tfk.engine.layer import call_context, call_signature
from tfk.engine.layer.init_args import accepted, explain_lost, made_from, own_arguments
from tfk.engine.layer.input_spec import check_inputs, layer_title
from tfk.engine.layer.layer import BASE_ARGUMENTS, Layer
from tfk.engine.layer.node import shape_tuples
from tfk.engine.layer.scratch import trace
from tfk.engine.layer.symbolic import is_symbolic
from tfk.engine.layer.tracking import group_weights, unique
from tfk.engine.model import eager_calls
from tfk.engine.model.serialization import _SaveableMixin
from tfk.engine.model.summary import print_summary
from tfk.metrics.metric import Metric
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Shape, TensorLike
from tfk.utils.autograph import converted
from tfk.utils.masks import set_mask
from tfk.utils.naming import unique_name
from tfk.utils.overrides import is_overridden
from tfk.utils.shapes import count_elements, to_tensor_shapes
from tfk.utils.specs import open_spec
from tfk.utils.suggestions import nearest
from tfk.utils.tensorflow_internals import Trackable, children_of
from tfk.utils.tracebacks import hide_internal_frames

# Attributes that hold the layers of a graph or stack.
LAYER_LISTS = ("_graph_layers", "_stack")


@register("models")
class Model(_SaveableMixin):
    """Model built from symbolic tensors, or by subclassing.

    `Model(inputs, outputs)` is the graph of layers from the inputs to the outputs. A subclass
    attaches layers in `__init__` and computes in `call`; it may also be given inputs and outputs,
    to add methods such as `train_step` to the graph.

    Args:
        inputs: Symbolic tensor from `Input`, or a list or dict of them.
        outputs: Symbolic tensor computed from them by layers, or a list or dict of them.
        name: Name of the model; None derives it from the class name. Defaults to None.
        trainable: Whether its layers are trained. Defaults to True.
        **kwargs: Arguments of `Layer`: `dtype`, `dynamic`, `autocast`.
    Raises: TypeError for unknown arguments, or if only one of inputs and outputs is given.

    >>> import tfk
    >>> x = tfk.Input((4,))
    >>> model = tfk.Model(x, tfk.layers.Dense(2)(x))
    >>> model(tf.ones((3, 4))).shape
    TensorShape([3, 2])
    """

    _UNTRACKED = frozenset(("_called_specs", "_graph", "_input_names", "_output_names"))

    _graph: Graph | None = None  # of a functional model
    _called_specs: object = None  # type specs of the first inputs
    _input_names: list | None = None  # as set by the user
    _output_names: list | None = None

    def __new__(cls, *args, **kwargs):
        if cls is Model and is_graph_of(args[0] if args else kwargs.get("inputs")):
            cls = Functional
        self = super().__new__(cls, *args, **kwargs)
        self._init_training()
        return self

    def __init__(self, *args, **kwargs):
        named = dict(zip(("inputs", "outputs", "name", "trainable"), args))
        if len(args) > 4 or set(named) & set(kwargs):
            raise TypeError(
                f"{type(self).__name__}: expected inputs, outputs, name, trainable, got {args!r}"
                f" and {kwargs}."
            )
        if args and not is_graph_of(named.get("inputs")):
            # Keras 2 accepts Layer's positional arguments if no graph is given.
            named = dict(zip(("trainable", "name", "dtype", "dynamic"), args))
        kwargs = {**named, **kwargs}
        inputs, outputs = kwargs.pop("inputs", None), kwargs.pop("outputs", None)
        if (inputs is None) != (outputs is None):
            raise TypeError(
                f"{type(self).__name__}: a model needs both inputs and outputs, or neither."
            )
        super().__init__(**kwargs)
        if inputs is not None:
            self._set_graph(Graph(_unwrap(inputs), _unwrap(outputs), owner=layer_title(self)))

    def _set_graph(self, graph):
        """Make the model run `graph`, or its own `call` if None."""
        self._graph = graph
        self._members.pop("_graph_layers", None)
        if graph is not None:
            self._members = {"_graph_layers": list(graph.layers), **self._members}
            self.built = True
            self._build_shapes = tf.nest.map_structure(lambda t: t.shape, graph.nested_inputs)
            self._supports_masking = True
            self._restore_new_layers()
        else:
            self.built = False
        self.renew_version()

    # Structure ------------------------------------------------------------------------------------

    def __repr__(self):
        if self._graph is None:
            return super().__repr__()
        inputs, outputs = (
            ", ".join(str(tensor.shape) for tensor in side)
            for side in (self._graph.inputs, self._graph.outputs)
        )
        count = len(self.layers)
        return f"<{type(self).__name__} {self.name!r}: {count} layers, {inputs} -> {outputs}>"

    @property
    def layers(self):
        """The layers of the model, in the order of Keras 2."""
        if self._graph is not None:
            extra = [layer for layer in self._sublayers() if not isinstance(layer, Metric)]
            return unique(self._graph.layers + extra)
        return self._sublayers()

    @hide_internal_frames
    def get_layer(self, name: str | None = None, index=None) -> Any:
        """Return the layer with this name, or at this index of `layers`.

        Args:
            name: Name of the layer. Defaults to None.
            index: Index of the layer. Defaults to None.
        Raises: ValueError if there is none, or if neither or both arguments are given.
        """
        if (name is None) == (index is None):
            raise ValueError(f"{layer_title(self)}: get_layer takes either a name or an index.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"{layer_title(self)} has {len(layers)} layers, there is none at index {index}."
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        close = nearest(name, [layer.name for layer in layers])
        hint = f" Did you mean {close!r}?" if close else ""
        for layer in layers:
            if name in [inner.name for inner in getattr(layer, "layers", ())]:
                hint = f" Call get_layer({layer.name!r}).get_layer({name!r})."
        raise ValueError(
            f"{layer_title(self)} has no layer {name!r}. It has {[layer.name for layer in layers]}."
            f"{hint}"
        )

    @property
    def inputs(self):
        """List of the symbolic inputs; None for a subclassed model, as in Keras 2."""
        return None if self._graph is None else self._graph.inputs

    @property
    def outputs(self):
        """List of the symbolic outputs; None for a subclassed model, as in Keras 2."""
        return None if self._graph is None else self._graph.outputs

    @property
    def input(self):
        """The symbolic input (a nest for several)."""
        return self._graph.nested_inputs if self._graph is not None else super().input

    @property
    def output(self):
        """The symbolic output (a nest for several)."""
        return self._graph.nested_outputs if self._graph is not None else super().output

    @property
    def input_shape(self):
        """Shape of the input as a tuple (a nest for several)."""
        if self._graph is None:
            return super().input_shape
        return shape_tuples(self._graph.nested_inputs)

    @property
    def output_shape(self):
        """Shape of the output as a tuple (a nest for several)."""
        if self._graph is None:
            return super().output_shape
        return shape_tuples(self._graph.nested_outputs)

    @property
    def input_names(self):
        """Names of the Inputs."""
        if self._graph is not None:
            return self._graph.input_names
        return self._input_names

    @input_names.setter
    def input_names(self, value):
        self._input_names = value

    @property
    def output_names(self):
        """Names of the layers that produced the outputs."""
        names = self._output_names
        return self._graph.output_names if self._graph is not None and names is None else names

    @output_names.setter
    def output_names(self, value):
        self._output_names = value

    @property
    def input_spec(self):
        """Constraints on the inputs: a list with one spec per Input, if the model has Inputs."""
        if self._graph is None or self._input_spec is not None:
            return self._input_spec
        return self._graph.input_specs

    @input_spec.setter
    def input_spec(self, value):
        self._input_spec = value

    def _check_inputs(self, inputs):
        if self.input_spec is not None:
            check_inputs(self, self.input_spec, inputs)

    def _check_symbolic_inputs(self, inputs):
        """Only warn if a graph is applied to inputs of other sizes, as backbones may be."""
        try:
            self._check_inputs(inputs)
        except ValueError as error:
            if self._graph is None or self._input_spec is not None:
                raise
            warnings.warn(
                f"{error} The outer model can be built and summarized. To run it, give"
                f" {layer_title(self)} an Input of that shape, or of unknown sizes (None).",
                stacklevel=5,
            )

    # Weights are grouped by attribute. A list or dict is one group, whose
    # trainable weights come first. Variables of the model itself come last.

    def _weight_owners(self):
        return self._attached_modules()  # metrics of a model itself are weights, as in Keras 2

    def _weight_groups(self):
        for name, value in self._members.items():
            if name in LAYER_LISTS:
                yield from value
            elif isinstance(value, (tf.Module, list, tuple, dict)):
                yield value

    def _grouped_weights(self, trainable):
        inner = [v for group in self._weight_groups() for v in group_weights(group, trainable)]
        return inner + self._own_variables(trainable)

    @property
    def trainable_weights(self):
        """Variables updated by training."""
        self._check_weights_exist()
        return unique(self._grouped_weights(True)) if self.trainable else []

    @property
    def non_trainable_weights(self):
        """Variables not updated by gradient descent; all of them if `trainable` is False."""
        self._check_weights_exist()
        frozen = [] if self.trainable else self._grouped_weights(True)
        return unique(frozen + self._grouped_weights(False))

    @property
    def weights(self):
        """All variables, layer by layer; those assigned to the model itself come last."""
        self._check_weights_exist()
        weights = []
        for group in self._weight_groups():
            if isinstance(group, (list, tuple, dict)):
                weights += group_weights(group, True) + group_weights(group, False)
            else:
                weights += group.weights if hasattr(group, "weights") else group_weights(group)
        return unique(weights + self._own_variables(True) + self._own_variables(False))

    @hide_internal_frames
    def get_weights(self) -> list[Any]:
        """Return the values of `weights` as a list of NumPy arrays.

        A model without weights is warned about if some of its layers have not been built.
        """
        values = super().get_weights()
        if not self.built:
            self._warn_unbuilt("get_weights()")
        return values

    def _warn_unbuilt(self, task):
        """Warns of layers whose weights do not exist yet, which `task` would have used."""
        waiting = [layer for layer in self._flatten_layers(include_self=False) if not layer.built]
        if waiting:
            warnings.warn(
                f"{layer_title(self)} is not built: {layer_title(waiting[0])} has no weights yet,"
                f" so {task} leaves them out. Call the model on data or build(input_shape) first.",
                stacklevel=4,
            )

    def _check_weights_exist(self):
        """Raise ValueError for a model whose class defines `build` but that was never built."""
        self._check_initialized()
        defines_build = "build" in vars(type(self)) and type(self) is not Model
        if defines_build and not self.built and not self.dynamic:
            raise ValueError(
                f"{layer_title(self)} has no weights yet. They are created when the model is called"
                " on data for the first time, or by build(input_shape)."
            )

    def get_weight_paths(self):
        """Return all weights by their attribute paths: `{"first.kernel": ..., ...}`.

        Layers of a graph are listed by name.
        """
        weights = {id(weight) for weight in self.weights}
        paths, seen, waiting = {}, {id(self)}, [("", self)]
        for path, item in waiting:  # extended in the loop: the shortest path to a weight is used
            in_graph = getattr(item, "_graph", None) is not None
            children = (
                {layer.name: layer for layer in item.layers} if in_graph else children_of(item)
            )
            for name, child in children.items():
                place = f"{path}.{name}" if path else name
                if id(child) in weights:
                    paths.setdefault(place, child)
                elif id(child) not in seen and isinstance(child, Trackable):
                    seen.add(id(child))
                    waiting.append((place, child))
        return paths

    @property
    def state_updates(self):
        """Always empty: updates run within the step that causes them."""
        return []

    def reset_states(self) -> None:
        """Reset the state of all stateful layers."""
        for layer in self.layers:
            if hasattr(layer, "reset_states") and layer.stateful:
                layer.reset_states()

    # Calling --------------------------------------------------------------------------------------

    def _call_on_values(self, signature, inputs, args, kwargs):
        """Run a repeated eager call as a graph, where that makes no difference."""
        plain = self._graph is not None and not args and kwargs.keys() <= {"training"}
        if plain and eager_calls.can_run(self):
            mode = self._resolve_training(signature, (), dict(kwargs), call_context.current())
            if mode is None or isinstance(mode, bool):
                outputs = self._call_graph(inputs, mode)
                if outputs is not None:
                    return outputs
        return super()._call_on_values(signature, inputs, args, kwargs)

    def _call_graph(self, inputs, training):
        """Return the outputs of a traced call, or None if it has to run op by op."""
        traced = self._caches.current(self)
        if traced.eager_calls is None:
            traced.eager_calls = eager_calls.EagerCalls(self)
        flat = traced.eager_calls.allowed and eager_calls.flat_inputs(self._graph, inputs)
        call = flat and traced.eager_calls.find(self, flat, training)
        if call:
            with contextlib.suppress(tf.errors.OpError):  # which is explained op by op
                return call(flat)
        return None

    def _call_op_by_op(self, inputs, training):
        """Call the model on tensors without looking for a graph."""
        signature = call_signature.of_layer(self)
        return super()._call_on_values(signature, inputs, (), {"training": training})

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None):
        """Compute the outputs; defined by subclasses without inputs and outputs.

        Args:
            inputs: Tensor, or a nest of tensors.
            training: Whether to run in training mode; None uses the mode of the surrounding call.
                Defaults to None.
            mask: Mask, or a nest of masks, for the inputs. Defaults to None.
        """
        if self._graph is None:
            raise NotImplementedError(
                f"{layer_title(self)}: define call(self, inputs, training=None), or pass inputs and"
                " outputs to super().__init__()."
            )
        flat = self._graph.flatten_inputs(inputs, layer_title(self))
        if mask is not None:
            for value, its_mask in zip(flat, tf.nest.flatten(mask)):
                if its_mask is not None:
                    set_mask(value, its_mask)
        return self._graph.run(flat)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        """Return None: masks travel on the tensors of a graph."""
        return None if self._graph is not None or not self._supports_masking else mask

    def _static_output_spec(self, inputs, args, kwargs):
        """Return the known output specs if a graph is called on inputs like its own."""
        if (
            self._graph is None
            or args
            or any(k != "training" and v is not None for k, v in kwargs.items())
        ):
            return None
        if is_overridden(type(self), "call", Model) and not getattr(
            type(self), "_runs_graph", False
        ):
            return None
        flat = tf.nest.flatten(inputs)
        if isinstance(inputs, dict) or len(flat) != len(self._graph.inputs):
            return None
        for value, own in zip(flat, self._graph.inputs):
            if (
                not is_symbolic(value)
                or value.type_spec.dtype != own.dtype
                or tuple(value.shape) != tuple(own.shape)
            ):
                return None
        return tf.nest.map_structure(lambda tensor: tensor.type_spec, self._graph.nested_outputs)

    def compute_output_shape(self, input_shape: Shape):
        """Return the output shape for `input_shape` (a nest for several)."""
        return Layer.compute_output_shape(self, input_shape)

    def build(self, input_shape: Shape) -> None:
        """Create the weights of a subclassed model by tracing `call` on inputs of this shape.

        Args:
            input_shape: Tuple (with None for unknown sizes), or a list or dict of tuples.

        Raises: ValueError if the shape is missing or invalid, or if `call` does not support
            floating-point inputs of that shape.
        """
        if self._graph is not None or not is_overridden(type(self), "call", Model):
            return
        frame = call_context.current()
        if frame is not None and frame.layer is self and frame.inputs is not None:
            self._build_for_call(frame.inputs)
            return
        if not isinstance(input_shape, (tuple, list, dict, tf.TensorShape)):
            raise ValueError(
                f"{layer_title(self)}: build expected input_shape to be a tuple such as (None, 8),"
                f" or a list or dict of tuples, got {input_shape!r}."
            )
        dtype = tf.as_dtype(self.compute_dtype or "float32")
        specs = tf.nest.map_structure(
            lambda shape: tf.TensorSpec(shape, dtype), to_tensor_shapes(input_shape)
        )
        try:
            self._trace_call(specs)
        except Exception as error:
            raise ValueError(
                f"{layer_title(self)}: build(input_shape={input_shape}) could not run call on"
                f" inputs of that shape and dtype {dtype.name}: {error}. Call the model on real"
                " data instead."
            ) from error

    def _build_for_call(self, inputs):
        """Implement `super().build()` in the `build` of a subclass during a call.

        Errors that prevent `call` from being traced appear when it runs.
        """
        with contextlib.suppress(Exception):
            self._trace_call(tf.nest.map_structure(open_spec, inputs))

    def _trace_call(self, specs):
        """Run `call` on inputs of `specs` in a scratch graph, to create variables.

        No scope is opened, so that the names of weights start with layer names, as in Keras 2.
        """
        signature = call_signature.of_layer(self)
        call = self.call if signature.by_library else converted(self.call)
        kwargs = {"training": False} if signature.requires_training else {}

        def run(inputs):
            with call_context.enter(self, training=False, inputs=inputs):
                return call(inputs, **kwargs)

        trace(run, specs)

    def _build_on(self, inputs):
        # The build of a subclass may want shapes; the weights of inner layers appear as `call`
        # runs.
        if is_overridden(type(self), "build", Model):
            super()._build_on(inputs)
        else:
            self._build_shapes = tf.nest.map_structure(
                lambda value: getattr(value, "shape", None), inputs
            )
            self._after_build()
        self.built = True
        self._note_called(inputs)

    def _set_inputs(self, inputs, outputs=None, training=None):
        """Says on what a subclassed model will be called, by values, specs or symbolic tensors.

        A private name of Keras 2 that programs call before they save. `outputs` and `training` have
        no effect.
        """
        self._note_called(inputs)

    def _note_called(self, inputs):
        """Record the specs of the first inputs, used for signatures and for building on load."""
        if self._called_specs is not None:
            return
        if all(tf.is_tensor(v) or is_symbolic(v) for v in tf.nest.flatten(inputs)):
            self._called_specs = tf.nest.map_structure(open_spec, inputs)

    # Losses and metrics on graphs -----------------------------------------------------------------

    def _add_symbolic_loss(self, loss):
        self._extend_graph(loss, AddLoss())

    def _add_symbolic_metric(self, value, name):
        self._extend_graph(value, AddMetric(metric_name=name))

    def _extend_graph(self, tensor, layer):
        """Make the model also run `layer` on a tensor computed from its inputs."""
        graph = self._graph
        if graph is None:
            raise ValueError(
                f"{layer_title(self)}: symbolic losses and metrics require a functional model;"
                " in a subclassed model call add_loss inside call."
            )
        side = [*graph.side_outputs, layer(tensor)]
        self._set_graph(Graph(graph.nested_inputs, graph.nested_outputs, layer_title(self), side))

    # Description ----------------------------------------------------------------------------------

    @hide_internal_frames
    def summary(
        self,
        line_length=None,
        positions=None,
        print_fn=None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
        show_flops: bool = False,
    ) -> None:
        """Print the layers with their output shapes and numbers of parameters.

        Args:
            line_length: Width of the table. Defaults to None.
            positions: Relative or absolute positions of the columns' ends. Defaults to None.
            print_fn: Function called with each line; None uses `print`. Defaults to None.
            expand_nested: Whether to list the layers of nested models. Defaults to False.
            show_trainable: Whether to add a column with Y or N. Defaults to False.
            layer_range: Pair of layer names (or patterns): only the layers between them are listed.
                Defaults to None.
            show_flops: Whether to add floating-point operations and memory of inference on one
                sample. Defaults to False.

        Raises: ValueError if the model has not been built.
        """
        self._check_initialized()
        if not self.built:
            raise ValueError(
                f"{layer_title(self)}: summary() needs the weights, which do not exist yet. Call"
                " the model on data, fit it, or build(input_shape) first."
            )
        print_summary(
            self,
            line_length,
            positions,
            print_fn,
            expand_nested,
            show_trainable,
            layer_range,
            show_flops,
        )

    def count_params(self) -> int:
        """Return the number of scalars in all weights."""
        if not self.built and not self.weights:
            return super().count_params()
        return count_elements(self.weights)

    # Saving ---------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        """Return the model as plain data: layers and calls of a graph, or the arguments of a
        subclass.
        """
        if self._graph is None:
            if not is_overridden(type(self), "__init__", Model):
                return {"name": self.name, "trainable": self.trainable}
            return self._own_config()
        if self._makes_its_own_graph():
            return self._own_config()
        return {"name": self.name, "trainable": self.trainable, **graph_to_config(self._graph)}

    def _makes_its_own_graph(self):
        """Return whether the arguments of a class with a custom `__init__` describe its graph."""
        if {"inputs", "outputs"} <= inspect.signature(type(self).__init__).parameters.keys():
            return False
        describes_itself = type(self).get_config is not Model.get_config
        return describes_itself or not own_arguments(self, covered=BASE_ARGUMENTS)[1]

    def _own_config(self):
        config = Layer.get_config(self)
        if not is_overridden(type(self), "get_config", Model):
            own, lost = own_arguments(self, covered=BASE_ARGUMENTS)
            config.update(own)
            if lost:
                warnings.warn(
                    f"{layer_title(self)}: its file will hold the weights, but not how to create"
                    f" the model, which takes {explain_lost(lost)}",
                    stacklevel=3,
                )
        return accepted(self, config)

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        """Create a model, with new weights, from the result of `get_config`."""
        if not all(key in config for key in ("layers", "input_layers", "output_layers")):
            return made_from(cls, config)
        inputs, outputs, side = graph_from_config(config, custom_objects)
        extra = {
            k: v
            for k, v in config.items()
            if k not in ("layers", "input_layers", "output_layers", "name", "trainable")
        }
        model = cls(inputs=inputs, outputs=outputs, name=config.get("name"), **extra)
        if side:
            model._set_graph(Graph(_unwrap(inputs), _unwrap(outputs), layer_title(model), side))
        if config.get("trainable") is False:
            model._trainable = False
        return model

    @property
    def _config_name(self):
        """Return module and class under which Keras 2 stores a plain graph of layers; None for
        subclasses.
        """
        is_plain_graph = type(self) in (Model, Functional) and self._graph is not None
        return ("tf_keras.src.engine.functional", "Functional") if is_plain_graph else None

    def _scope_of_stored_build(self):
        return contextlib.nullcontext()  # its layers are called, each in the scope of its name

    def get_build_config(self):
        """Return the shapes needed to rebuild a subclassed model; None for a graph."""
        return None if self._graph is not None else Layer.get_build_config(self)


@register("models")
class Functional(Model):
    """Class of `Model(inputs, outputs)`: a model that is only a graph of layers.

    Args:
        inputs: Symbolic tensor from `Input`, or a list or dict of them.
        outputs: Symbolic tensor computed from them by layers, or a list or dict of them.
        name: Name of the model. Defaults to None.
        trainable: Whether its layers are trained. Defaults to True.

    >>> import tfk
    >>> x = tfk.Input((4,))
    >>> type(tfk.Model(x, tfk.layers.Dense(2)(x))).__name__
    'Functional'
    """

    def _default_name(self):
        return unique_name("model") if type(self) is Functional else super()._default_name()


def is_graph_of(nest):
    """Return True if `nest` contains symbolic tensors."""
    return nest is not None and any(is_symbolic(value) for value in tf.nest.flatten(nest))


def _unwrap(nest):
    """Unwrap a list of one tensor, as in Keras 2."""
    return (
        nest[0]
        if isinstance(nest, (list, tuple)) and len(nest) == 1 and not tf.nest.is_nested(nest[0])
        else nest
    )
