"""Layer: base class with settings, weights and a formula from inputs to outputs."""

import inspect

import tensorflow as tf

from tfk import mixed_precision, regularizers
from tfk.engine.layer import call_context, call_signature
from tfk.engine.layer.init_args import accepted, explain_lost, own_arguments
from tfk.engine.layer.input_spec import check_inputs, layer_title
from tfk.engine.layer.symbolic import contains_symbolic, is_symbolic
from tfk.engine.layer.symbolic_call import _SymbolicCallMixin
from tfk.mixed_precision.autocast_variable import enable_autocast
from tfk.saving.names import check_layer_name
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, Shape, TensorLike
from tfk.utils.autograph import converted, is_library, runs_as_written
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.naming import to_snake_case, unique_name
from tfk.utils.old_spellings import advice
from tfk.utils.overrides import is_overridden
from tfk.utils.shapes import to_tensor_shapes, to_tuples
from tfk.utils.short_repr import arguments_repr
from tfk.utils.suggestions import nearest
from tfk.utils.tracebacks import KEEPS_TRACEBACK, note_numpy, shorten
from tfk.utils.user_values import as_tensors
from tfk.utils.versions import note_change

# Arguments that every layer accepts through **kwargs, as in Keras 2.
COMMON_ARGUMENTS = (
    "input_dim",
    "input_shape",
    "batch_input_shape",
    "batch_size",
    "weights",
    "activity_regularizer",
    "autocast",
    "implementation",
    "experimental_autocast",
)

# All arguments of `Layer.__init__`, which are part of its config.
BASE_ARGUMENTS = ("trainable", "name", "dtype", "dynamic", *COMMON_ARGUMENTS)


def _inherited_training(frame):
    """Return the mode of a call inside the call `frame`, or outside other calls if that is None."""
    return frame.training if frame is not None else call_context.default_training()


def _building(build):
    """Wrap `build`: record the shapes and that it ran."""

    def run(self, *args, **kwargs):
        args, kwargs = _noting_shapes(self, build, args, kwargs)
        frame = call_context.current()
        if frame is not None and frame.layer is self and frame.building:
            build(self, *args, **kwargs)
        else:
            inputs = frame.inputs if frame is not None and frame.layer is self else None
            with call_context.enter(self, inputs=inputs, building=True):
                build(self, *args, **kwargs)
            self._after_build()
        self.built = True

    run.__doc__, run.__name__, run.__wrapped__ = build.__doc__, "build", build
    run.__module__ = build.__module__
    return run


def _noting_shapes(layer, build, args, kwargs):
    """Return the arguments of a `build`, recording the input shape for saving.

    Built-in layers receive it as `tf.TensorShape`, custom layers as it was given.
    """
    given = args[0] if args else kwargs.get("input_shape")
    if given is None:
        return args, kwargs
    try:
        shapes = to_tensor_shapes(given)
    except TypeError:  # the build of a custom layer may accept anything
        return args, kwargs
    if layer._build_shapes is None:
        layer._build_shapes = shapes
    if not is_library(build):
        return args, kwargs
    return ((shapes, *args[1:]), kwargs) if args else (args, {**kwargs, "input_shape": shapes})


@register("layers")
@runs_as_written  # AutoGraph does not convert layers; `call` methods are converted individually
class Layer(_SymbolicCallMixin):
    """Base class of layers: functions with weights, the building blocks of models.

    A subclass sets its arguments in `__init__`, creates weights in `build(input_shape)` with
    `add_weight` (or attaches other layers as attributes) and computes in `call(inputs)`. Calling
    the layer builds it once, casts the inputs to its compute dtype, passes `training` and `mask` to
    a `call` that accepts them, and collects added losses and masks.

    Args:
        trainable: Whether training updates the weights. Defaults to True.
        name: Name, unique within a model; None derives it from the class name. Defaults to None.
        dtype: Dtype of the computation and the weights, or a mixed precision policy; None uses the
            global policy. Defaults to None.
        dynamic: Whether `call` can only run eagerly. Defaults to False.
        **kwargs: `input_shape`, `batch_input_shape` or `input_dim` (with `batch_size`) for the
            first layer of a Sequential; `weights`, a list of initial values;
            `activity_regularizer`; `autocast=False` to keep the dtype of the inputs.
    Input shape: Defined by the subclass.
    Output shape: Defined by the subclass.
    Raises: TypeError for unknown arguments, ValueError for an invalid name.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight("factor", (input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> Scale()(tf.ones((2, 3))).shape
    TensorShape([2, 3])
    """

    _UNTRACKED = frozenset(
        (
            "_activity_regularizer",
            "_autocast",
            "_batch_input_shape",
            "_build_shapes",
            "_dynamic",
            "_init_arguments",
            "_initial_weights",
            "_input_spec",
            "_name",
            "_policy",
            "_stateful",
            "_trainable",
            "built",
        )
    )

    built: bool = False
    _name: str | None = None
    _trainable: bool = True
    _stateful: bool = False
    _dynamic: bool
    _autocast: bool  # whether inputs are cast to the compute dtype
    _policy: mixed_precision.Policy  # unset until `Layer.__init__` has run
    _activity_regularizer: regularizers.Regularizer | None
    _input_spec: object  # an `InputSpec`, a nest of them, or None
    _batch_input_shape: tuple | None  # unset unless given: packages check it with hasattr
    _build_shapes: object = None  # argument of the first `build`, as `tf.TensorShape`
    _initial_weights: list | None  # the argument `weights`, until the layer is built
    _init_arguments: tuple  # arguments of the constructor: a tuple and a dict

    # Whether a traced call computes what the operations of an eager one do.
    graph_equals_operations = True

    # What messages say about inputs with another number of axes than the layer needs.
    axes_hint = ""

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        # Present before any __init__ runs, so that a subclass may attach layers before it calls
        # super().
        self._members, self._created, self._regularized = {}, [], []
        self._inbound_nodes, self._outbound_nodes = [], []
        self._loss_functions, self._added_metrics = [], []
        self._call_record = call_context.CallRecord()
        self._init_arguments = args, kwargs
        return self

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = _building(vars(cls)["build"])

    def __init__(
        self,
        trainable: bool = True,
        name: str | None = None,
        dtype: DTypeLike | None = None,
        dynamic: bool = False,
        **kwargs,
    ):
        unknown = sorted(set(kwargs) - set(COMMON_ARGUMENTS))
        if unknown:
            raise TypeError(
                f"{type(self).__name__}: unknown argument(s) {', '.join(unknown)}."
                f" {advice(unknown) or self._similar_arguments(unknown)}"
            )
        self._name = check_name(self, name) or self._default_name()
        self._trainable = bool(trainable)
        self._policy = mixed_precision.get_policy(dtype)
        self._dynamic = bool(dynamic)
        self._autocast = bool(kwargs.get("autocast", kwargs.get("experimental_autocast", True)))
        self._stateful = False
        self._input_spec = None
        self._initial_weights = kwargs.get("weights")
        self._supports_masking = is_overridden(type(self), "compute_mask", Layer)
        self._activity_regularizer = regularizers.get(kwargs.get("activity_regularizer"))
        shape = given_input_shape(kwargs)
        if shape is not None:
            self._batch_input_shape = shape

    @classmethod
    def _similar_arguments(cls, unknown):
        """What to write instead of unknown keyword arguments."""
        own = [
            name
            for name, parameter in list(inspect.signature(cls.__init__).parameters.items())[1:]
            if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ]
        close = dict.fromkeys(nearest(name, (*own, *BASE_ARGUMENTS)) for name in unknown)
        if None not in close:
            return f"Did you mean {', '.join(close)}?"
        known = ", ".join(dict.fromkeys((*own, *BASE_ARGUMENTS[:10])))
        return f"{cls.__name__} takes {known}."

    def _default_name(self):
        return unique_name(to_snake_case(type(self).__name__))

    # Settings -------------------------------------------------------------------------------------

    @property
    def name(self):
        """The layer's name; unique within a model."""
        return self._name

    def __repr__(self):
        args, kwargs = self._init_arguments
        return arguments_repr(self, args, {**kwargs, "name": self.name})

    def _rename(self, name):
        """Set the name of the layer in a file or inside another layer."""
        self._name = name

    @property
    def name_scope(self):
        """A `tf.name_scope` with the layer's name."""
        return tf.name_scope(self.name)

    @property
    def dtype_policy(self):
        """The dtype policy: compute dtype and variable dtype."""
        return self._policy

    @property
    def compute_dtype(self):
        """Dtype, as a string, of the computation, to which floating-point inputs are cast."""
        return self._policy.compute_dtype

    @property
    def variable_dtype(self):
        """Dtype of the weights, as a string."""
        return self._policy.variable_dtype

    @property
    def dtype(self):
        """Same as `variable_dtype`."""
        return self.variable_dtype

    @property
    def dynamic(self):
        """Whether this layer or a nested one can only run eagerly."""
        return any(layer._dynamic for layer in self._flatten_layers())

    @property
    def trainable(self):
        """Whether training updates the weights; setting it also sets all nested layers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        for layer in self._flatten_layers():
            layer._trainable = bool(value)
        note_change()

    @property
    def stateful(self):
        """Whether the layer, or a nested one, keeps state between batches."""
        return any(layer._stateful for layer in self._flatten_layers())

    @stateful.setter
    def stateful(self, value):
        self._stateful = bool(value)
        self.renew_version()

    @property
    def activity_regularizer(self):
        """Regularizer of the outputs; its penalty is divided by the batch size."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, value):
        self._activity_regularizer = regularizers.get(value)
        self.renew_version()

    @property
    def input_spec(self):
        """`InputSpec` (or a nest of them) against which inputs are checked."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value):
        self._input_spec = value

    def build(self, input_shape: Shape) -> None:
        """Create the weights; called once, before the first `call`.

        Args:
            input_shape: `tf.TensorShape` of the input, or a nest of them for several inputs.
        """

    def _build_in_scope(self, shape):
        """Build this layer for a surrounding layer, which is part of the weights' name scope."""
        with tf.name_scope(self._scope_name()):
            self.build(shape)

    def _after_build(self):
        if self._initial_weights is not None:
            values, self._initial_weights = self._initial_weights, None
            self.built = True
            with tf.init_scope():  # the build may happen while a graph is traced
                self.set_weights(values)

    def get_build_config(self):
        """Return the arguments of `build`, for saving."""
        shapes = self._build_shapes
        return None if shapes is None else {"input_shape": to_tuples(shapes)}

    def build_from_config(self, config: Config):
        """Build the layer from the result of `get_build_config`."""
        shapes = config.get("input_shape") if config else None
        if shapes is not None and not self.built:
            with self._scope_of_stored_build():
                self.build(shapes)

    def _scope_of_stored_build(self):
        """The name scope in which a call would have built the layer."""
        return tf.name_scope(self._name)

    # Calling --------------------------------------------------------------------------------------

    def call(self, inputs: TensorLike, *args, **kwargs):
        """Compute the outputs; defined by subclasses.

        Args:
            inputs: Tensor, or a nest of tensors.
            *args: Further positional arguments of the subclass.
            **kwargs: Further keyword arguments of the subclass, such as `training` and `mask`.
        """
        return inputs

    def __call__(self, *args, **kwargs):
        __tracebackhide__ = True  # IPython leaves out this frame too
        try:
            return self._dispatch(args, kwargs)
        except Exception as error:
            shorten(error)
            if not KEEPS_TRACEBACK:
                raise error
            raise

    def _check_initialized(self):
        """Raises RuntimeError if `__init__` of a subclass did not call the one of its base."""
        if not hasattr(self, "_policy"):
            raise RuntimeError(
                f"{type(self).__name__}: super().__init__() was not called. Call it first in"
                " __init__, before attributes are set."
            )

    def _dispatch(self, args, kwargs):
        """A call on symbolic tensors or on values."""
        self._check_initialized()
        signature = call_signature.of_layer(self)
        if args:
            inputs, args = args[0], args[1:]
        else:
            inputs = self._named_inputs(signature, kwargs)
        if is_symbolic(inputs) or contains_symbolic((inputs, args, kwargs)):
            return self._call_symbolically(signature, inputs, args, kwargs)
        inputs = self._as_tensors(inputs)
        self._check_inputs(inputs)
        return self._call_on_values(signature, inputs, args, kwargs)

    def _as_tensors(self, inputs):
        """Return the inputs with arrays and numbers as tensors; a list of numbers is one array."""
        return as_tensors(inputs)

    def _check_inputs(self, inputs):
        if self._input_spec is not None:
            check_inputs(self, self._input_spec, inputs)

    def _call_on_values(self, signature, inputs, args, kwargs):
        """Run `call` with all its preparations on tensors, in a graph or eagerly."""
        frame = call_context.current()
        training = self._resolve_training(signature, args, kwargs, frame)
        masks = self._pass_masks(signature, inputs, args, kwargs)
        # Variables created by the call carry the names of the layers around them, and in a graph
        # its operations do, for TensorBoard and for messages about them.
        with (
            tf.name_scope(self._scope_name()),
            call_context.enter(self, training, inputs) as frame,
        ):
            self._call_record.latest = frame.root
            if not self.built:
                self._build_on(inputs)
            inputs = self._cast_inputs(inputs)
            call = self.call
            if not signature.by_library and call_context.in_graph():
                call = converted(call)
            try:
                if self._autocast_used:
                    with enable_autocast(self.compute_dtype):
                        outputs = call(inputs, *args, **kwargs)
                else:
                    outputs = call(inputs, *args, **kwargs)
            except Exception as error:
                _note_layer(error, self, inputs)
                raise
            if self._activity_regularizer is not None:
                self._penalize(outputs)
            if masks is not None or is_overridden(type(self), "compute_mask", Layer):
                self._mask_outputs(inputs, outputs, masks)
        return outputs

    def _scope_name(self):
        """Return the name scope of a call: the layer's name within the current scope.

        In a graph it is absolute, or TensorFlow would number the scope of each further call.
        """
        if not call_context.in_graph():
            return self._name
        outer = tf.get_current_name_scope()
        return f"{outer}/{self._name}/" if outer else f"{self._name}/"

    def _named_inputs(self, signature, kwargs):
        first = signature.names[0] if signature.names else "inputs"
        if first not in kwargs:
            raise TypeError(
                f"{layer_title(self)}: called without inputs. Pass them as the first argument,"
                f" {first!r}."
            )
        return kwargs.pop(first)

    def _resolve_training(self, signature, args, kwargs, frame):
        """Return the mode of this call: given, inherited, the default of `call`, or inference.

        It is added to `kwargs` if `call` accepts it. Returns None if no mode is specified.
        """
        place = signature.position("training")
        if place is not None and len(args) > place:
            if args[place] is not None:
                return args[place]
            return _inherited_training(frame)
        given = kwargs.pop("training", None)
        if given is None:
            given = _inherited_training(frame)
        if given is None:
            given = signature.training_default
        if signature.takes_training:
            kwargs["training"] = False if given is None else given
        return given

    def _penalize(self, outputs):
        for output in tf.nest.flatten(outputs):
            batch = tf.cast(tf.shape(output)[0], output.dtype)
            self.add_loss(self._activity_regularizer(output) / batch)

    def _build_on(self, inputs):
        shapes = tf.nest.map_structure(lambda value: getattr(value, "shape", None), inputs)
        unknown = any(s is None for s in tf.nest.flatten(shapes)) and not isinstance(shapes, dict)
        with call_context.lifted():
            self.build(None if unknown else shapes)

    def _cast_inputs(self, inputs):
        if not self._autocast:
            return inputs
        dtype = tf.as_dtype(self._policy.compute_dtype) if self._policy.compute_dtype else None
        if dtype is None or not dtype.is_floating:
            return inputs

        def cast(value):
            if not tf.is_tensor(value) or not value.dtype.is_floating or value.dtype == dtype:
                return value
            result = tf.cast(value, dtype)
            if get_mask(value) is not None:
                set_mask(result, get_mask(value))
            return result

        return cast(inputs) if tf.is_tensor(inputs) else tf.nest.map_structure(cast, inputs)

    # Saving ---------------------------------------------------------------------------------------

    def get_config(self) -> Config:
        """Return the constructor arguments as plain data.

        For a subclass that does not override this method, these are the arguments of its
        `__init__`.

        Raises: NotImplementedError if these are not all numbers, strings, lists and the like.
        """
        config = {"name": self.name, "trainable": self.trainable}
        config["dtype"] = mixed_precision.serialize_policy(self._policy)
        if hasattr(self, "_batch_input_shape"):
            config["batch_input_shape"] = self._batch_input_shape
        if self._dynamic:
            config["dynamic"] = True
        if is_overridden(type(self), "get_config", Layer):
            return config
        own, lost = own_arguments(self, covered=BASE_ARGUMENTS)
        if lost:
            raise NotImplementedError(f"{layer_title(self)} takes {explain_lost(lost)}")
        return accepted(self, {**config, **own})

    @classmethod
    def from_config(cls, config: Config):
        """Create a layer from the result of `get_config`.

        Args:
            config: Dict of constructor arguments.
        """
        return cls(**config)

    def finalize_state(self):
        """Called once before a layer is used; preprocessing layers finish their adaptation here."""


Layer.build = _building(Layer.build)


def check_name(layer, name):
    return name if name in (None, "") else check_layer_name(type(layer).__name__, name)


def given_input_shape(kwargs):
    """Return `batch_input_shape` as a tuple from any of Keras 2's spellings, or None."""
    if kwargs.get("batch_input_shape") is not None:
        return to_tuples(kwargs["batch_input_shape"])
    shape = kwargs.get("input_shape")
    if shape is None and kwargs.get("input_dim") is not None:
        shape = (kwargs["input_dim"],)
    if shape is None:
        return None
    shape = (shape,) if isinstance(shape, int) else tuple(tf.TensorShape(shape))
    return (kwargs.get("batch_size"), *shape)


def _note_layer(error, layer, inputs):
    """Add the layer and its inputs to an exception, once."""
    if getattr(error, "_tfk_noted", False) or not hasattr(error, "add_note"):
        return
    shapes = [
        str(tuple(v.shape))
        for v in tf.nest.flatten(inputs)
        if getattr(v, "shape", None) is not None and v.shape.rank is not None
    ]
    error.add_note(
        f"Raised in {layer_title(layer)}, called on {', '.join(shapes) or 'no tensors'}."
    )
    note_numpy(error)
    try:
        error._tfk_noted = True
    except AttributeError:
        pass
