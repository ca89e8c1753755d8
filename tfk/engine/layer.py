"""Layer: settings and weights, and a formula from inputs to outputs."""

import contextlib

import numpy as np
import tensorflow as tf

from tfk import constraints, initializers, mixed_precision, regularizers
from tfk.engine import call_context, call_signature, scratch
from tfk.engine.connected import Connected
from tfk.engine.input_spec import check_inputs, layer_title
from tfk.engine.node import Node
from tfk.engine.own_config import accepted, explain_lost, own_arguments
from tfk.engine.symbolic import is_symbolic
from tfk.mixed_precision.autocast_variable import enable_autocast, wrap_autocast
from tfk.saving.registry import register
from tfk.utils.autograph import converted, is_library
from tfk.utils.loading import do_weights_follow, expect_weight
from tfk.utils.masks import get_mask, set_mask
from tfk.utils.naming import to_snake_case, unique_name
from tfk.utils.shapes import to_tensor_shapes, to_tuples

# Arguments that every layer takes through **kwargs, as in Keras 2.
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


def _building(build):
    """`build` as callers see it: names its variables after the layer and notes that it ran."""

    def run(self, input_shape=None, *args, **kwargs):
        shapes = None if input_shape is None else to_tensor_shapes(input_shape)
        self.__dict__.setdefault("_build_shapes", shapes)
        frame = call_context.current()
        if frame is not None and frame.layer is self and frame.building:
            build(self, shapes, *args, **kwargs)
        else:
            with call_context.enter(self, building=True):
                build(self, shapes, *args, **kwargs)
            self._after_build()
        self.built = True

    run.__doc__, run.__name__, run.__wrapped__ = build.__doc__, "build", build
    run.__module__ = build.__module__
    return run


@register("layers")
class Layer(Connected):
    """A function with weights: the unit that models are made of.

    A subclass sets its arguments in `__init__`, creates weights in `build(input_shape)` with
    `add_weight` (or attaches other layers as attributes) and computes in `call(inputs)`. Calling the
    layer builds it once, casts the inputs to its compute dtype, passes `training` and `mask` on to a
    `call` that takes them, and collects added losses and masks.

    Args:
        trainable: Whether training changes the weights.
        name: Name, unique within a model; from the class name by default.
        dtype: Dtype of the computation and the weights, or the name of a mixed precision policy;
            the global policy by default.
        dynamic: True if `call` can only run eagerly.
        **kwargs: `input_shape`, `batch_input_shape` or `input_dim` (with `batch_size`) for the first layer of
            a Sequential; `weights`, a list of initial values; `activity_regularizer`; `autocast=False` to take
            inputs in the dtype in which they come.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight("factor", (input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> Scale()(tf.ones((2, 3))).shape
    TensorShape([2, 3])
    """

    # Shape-only layers set this: integers and strings keep their dtype through them.
    keeps_input_dtype = False
    # Layers that mask inputs which come without a mask set this (the engine asks it of library layers only).
    makes_masks = False
    # AutoGraph calls layers as they are; `call` methods of users are converted one by one.
    autograph_info__ = {}

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        # Present before any __init__ runs, so that a subclass may attach layers before it calls super().
        self.__dict__.update(
            _members={},
            _created=[],
            _inbound_nodes=[],
            _outbound_nodes=[],
            _loss_functions=[],
            _regularized=[],
            _added_metrics=[],
            _call_losses=[],
            _losses_of_call=0,
            _latest_call=0,
            _autocast_used=False,
            _init_arguments=(args, kwargs),
        )
        return self

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _building(cls.__dict__["build"])

    def __init__(self, trainable=True, name=None, dtype=None, dynamic=False, **kwargs):
        unknown = sorted(set(kwargs) - set(COMMON_ARGUMENTS))
        if unknown:
            raise TypeError(
                f"{type(self).__name__}: unknown argument(s) {', '.join(unknown)}. "
                f"Besides its own, a layer takes trainable, name, dtype, dynamic, {', '.join(COMMON_ARGUMENTS[:6])}."
            )
        attributes = self.__dict__
        attributes["_name"] = check_name(self, name) or self._default_name()
        attributes["_trainable"] = bool(trainable)
        attributes["_policy"] = mixed_precision.get_policy(dtype)
        attributes["_dynamic"] = bool(dynamic)
        attributes["_autocast"] = bool(kwargs.get("autocast", kwargs.get("experimental_autocast", True)))
        attributes.setdefault("built", False)
        attributes["_stateful"] = False
        attributes["_input_spec"] = None
        attributes["_initial_weights"] = kwargs.get("weights")
        attributes["_supports_masking"] = type(self).compute_mask is not Layer.compute_mask
        attributes["_activity_regularizer"] = regularizers.get(kwargs.get("activity_regularizer"))
        shape = given_input_shape(kwargs)
        if shape is not None:
            attributes["_batch_input_shape"] = shape

    def _default_name(self):
        return unique_name(to_snake_case(type(self).__name__))

    # Settings -------------------------------------------------------------------------------------

    @property
    def name(self):
        """The layer's name; unique within a model."""
        return self.__dict__.get("_name")

    @property
    def name_scope(self):
        """A `tf.name_scope` of the layer's name."""
        return tf.name_scope(self.name)

    @property
    def dtype_policy(self):
        """The dtype policy: compute dtype and variable dtype."""
        return self._policy

    @property
    def compute_dtype(self):
        """Dtype, as a string, to which floating-point inputs are cast and in which the layer computes."""
        return self._policy.compute_dtype

    @property
    def variable_dtype(self):
        """Dtype of the weights, as a string."""
        return self._policy.variable_dtype

    @property
    def dtype(self):
        """The same as `variable_dtype`."""
        return self.variable_dtype

    @property
    def dynamic(self):
        """True if this layer or one inside it can only run eagerly."""
        return any(layer._dynamic for layer in self._flatten_layers())

    @property
    def trainable(self):
        """Whether training changes the weights; setting it sets all inner layers too."""
        return self.__dict__.get("_trainable", True)

    @trainable.setter
    def trainable(self, value):
        for layer in self._flatten_layers():
            layer.__dict__["_trainable"] = bool(value)

    @property
    def stateful(self):
        """True if the layer, or one inside it, keeps state from one batch to the next."""
        return any(layer.__dict__.get("_stateful", False) for layer in self._flatten_layers())

    @stateful.setter
    def stateful(self, value):
        self.__dict__["_stateful"] = bool(value)

    @property
    def supports_masking(self):
        """Whether the mask of the input is handed on; True when `compute_mask` is overridden."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value):
        self.__dict__["_supports_masking"] = bool(value)

    @property
    def activity_regularizer(self):
        """Regularizer of the outputs; its penalty is divided by the batch size."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, value):
        self.__dict__["_activity_regularizer"] = regularizers.get(value)

    @property
    def input_spec(self):
        """`InputSpec` (or a nest of them) that inputs are checked against."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value):
        self.__dict__["_input_spec"] = value

    # Weights --------------------------------------------------------------------------------------

    def add_weight(
        self,
        name=None,
        shape=None,
        dtype=None,
        initializer=None,
        regularizer=None,
        trainable=None,
        constraint=None,
        use_resource=None,
        synchronization=tf.VariableSynchronization.AUTO,
        aggregation=tf.VariableAggregation.NONE,
        **kwargs,
    ):
        """Creates a variable of this layer.

        Args:
            name: Its name; the variable is called `<layer>/<name>`.
            shape: Tuple of sizes, `()` for a scalar (the default).
            dtype: Its dtype, the layer's variable dtype by default.
            initializer: Name, object or function of `(shape, dtype)`; by default `glorot_uniform` for floating
                dtypes, zeros for the others.
            regularizer: Regularizer whose penalty of the variable is added to the loss.
            trainable: Whether training changes it; True unless `synchronization` is `ON_READ`.
            constraint: Function applied to the variable after each update.
            use_resource: Accepted for compatibility; all variables are resource variables.
            synchronization, aggregation: How replicas of a distribution strategy keep it.
            **kwargs: `autocast=False` keeps its dtype under mixed precision.

        Returns: The `tf.Variable`.
        Raises: ValueError for a trainable variable synchronized `ON_READ`, or a dtype without default initializer.
        """
        autocast = kwargs.pop("autocast", kwargs.pop("experimental_autocast", True))
        unknown = sorted(set(kwargs) - {"collections", "partitioner", "getter", "caching_device", "layout"})
        if unknown:
            raise TypeError(f"{layer_title(self)}: add_weight got unknown arguments {unknown}.")
        dtype = tf.as_dtype(dtype or self.variable_dtype)
        on_read = synchronization == tf.VariableSynchronization.ON_READ
        if on_read and trainable:
            raise ValueError(
                f"{layer_title(self)}: weight {name!r} cannot be trainable with synchronization ON_READ: "
                "each replica would train its own copy. Pass trainable=False."
            )
        trainable = not on_read if trainable is None else bool(trainable)
        if initializer is None:
            if not (dtype.is_floating or dtype.is_complex or dtype.is_integer or dtype.is_bool):
                raise ValueError(
                    f"{layer_title(self)}: weight {name!r} of dtype {dtype.name} needs an initializer."
                )
            initializer = "glorot_uniform" if dtype.is_floating else "zeros"
        reads_itself = type(self).load_own_variables is not Layer.load_own_variables
        shape = tuple(tf.TensorShape(shape if shape is not None else ()))
        if do_weights_follow() and not reads_itself and dtype != tf.string:
            expect_weight(f"{layer_title(self)}: weight {name!r}", shape, dtype.size)
            initializer = "zeros"
        initializer = initializers.get(initializer)
        variable = self._new_variable(
            lambda: initializer(shape, dtype=dtype),
            name=name or "Variable",
            trainable=trainable,
            dtype=dtype,
            constraint=constraints.get(constraint),
            synchronization=synchronization,
            aggregation=aggregation,
            shape=shape,
        )
        if autocast and self._autocast and dtype.is_floating and self._policy.compute_dtype != dtype.name:
            variable = wrap_autocast(variable)
            self.__dict__["_autocast_used"] = True
        self._created.append(variable)
        regularizer = regularizers.get(regularizer)
        if regularizer is not None:
            self._regularized.append((variable, regularizer))
        return variable

    def add_variable(self, *args, **kwargs):
        """The old name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def _new_variable(self, initial_value, name, **options):
        frame = call_context.current()
        scope = frame.scope if frame is not None else self.name
        # Lifted out of a graph that may be under way: a variable outlives the trace that asks for it.
        with tf.init_scope(), tf.name_scope(scope + "/" if frame is not None and frame.building else ""):
            return tf.Variable(initial_value, name=name, **options)

    def known_dim(self, shape, axis=-1):
        """The size of `shape` along `axis`; raises ValueError when it is not known."""
        shape = tf.TensorShape(shape)
        size = shape[axis] if shape.rank is not None else None
        if size is None:
            raise ValueError(
                f"{layer_title(self)}: needs to know axis {axis} of its input to create its weights, got shape "
                f"{tuple(shape) if shape.rank is not None else 'of unknown rank'}. Give the Input that size."
            )
        return int(size)

    def build(self, input_shape):
        """Creates the weights; called once, before the first `call`.

        Args:
            input_shape: `tf.TensorShape` of the input, or a nest of them when there are several.
        """

    def _after_build(self):
        if self._initial_weights is not None:
            values, self.__dict__["_initial_weights"] = self._initial_weights, None
            self.__dict__["built"] = True
            self.set_weights(values)

    def get_build_config(self):
        """What `build` was called with, for saving."""
        shapes = self.__dict__.get("_build_shapes")
        return None if shapes is None else {"input_shape": to_tuples(shapes)}

    def build_from_config(self, config):
        """Builds the layer from what `get_build_config` returned."""
        shapes = config.get("input_shape") if config else None
        if shapes is not None and not self.built:
            self.build(shapes)

    # Calling --------------------------------------------------------------------------------------

    def call(self, inputs, *args, **kwargs):
        """The layer's formula, from inputs to outputs; subclasses define it."""
        return inputs

    def __call__(self, *args, **kwargs):
        attributes = self.__dict__
        if "_policy" not in attributes:
            raise RuntimeError(
                f"{type(self).__name__}: super().__init__() was not called. Call it first in __init__, before attributes are set."
            )
        signature = call_signature.of_layer(self)
        if args:
            inputs, args = args[0], args[1:]
        else:
            inputs = self._named_inputs(signature, kwargs)
        if is_symbolic(inputs) or _holds_symbolic((inputs, args, kwargs)):
            return self._call_symbolically(signature, inputs, args, kwargs)
        inputs = tf.nest.map_structure(_as_tensor, _join_numbers(inputs))

        frame = call_context.current()
        training = self._resolve_training(signature, args, kwargs, frame)
        masks = self._pass_masks(signature, inputs, args, kwargs)
        # In a graph the operations carry the layer's name, for TensorBoard and for messages about them.
        scope = tf.name_scope(self.name) if call_context.in_graph() else contextlib.nullcontext()
        with scope, call_context.enter(self, training, inputs) as frame:
            attributes["_latest_call"] = frame.root
            if not self.built:
                self._build_on(inputs)
            if self._input_spec is not None:
                check_inputs(self, self._input_spec, inputs)
            inputs = self._cast_inputs(inputs)
            call = self.call
            if not signature.by_library and call_context.in_graph():
                call = converted(call)
            try:
                if attributes["_autocast_used"]:
                    with enable_autocast(self.compute_dtype):
                        outputs = call(inputs, *args, **kwargs)
                else:
                    outputs = call(inputs, *args, **kwargs)
            except Exception as error:
                _note_layer(error, self, inputs)
                raise
            if self._activity_regularizer is not None:
                self._penalize(outputs)
            if masks is not None or type(self).compute_mask is not Layer.compute_mask:
                self._mask_outputs(inputs, outputs, masks)
        return outputs

    def _named_inputs(self, signature, kwargs):
        first = signature.names[0] if signature.names else "inputs"
        if first not in kwargs:
            raise TypeError(
                f"{layer_title(self)}: called without inputs. Pass them as the first argument, {first!r}."
            )
        return kwargs.pop(first)

    def _resolve_training(self, signature, args, kwargs, frame):
        """The mode of this call: given, inherited, the default of `call`, or inference.

        Puts it into `kwargs` when `call` takes it. Returns None when nobody has said anything.
        """
        place = signature.position("training")
        if place is not None and len(args) > place:
            if args[place] is not None:
                return args[place]
            return frame.training if frame is not None else None
        given = kwargs.pop("training", None)
        if given is None and frame is not None:
            given = frame.training
        if given is None:
            given = signature.training_default
        if signature.takes_training:
            kwargs["training"] = False if given is None else given
        return given

    def _pass_masks(self, signature, inputs, args, kwargs):
        """The mask of the inputs; put into `kwargs` when `call` takes it and it was not given."""
        place = signature.position("mask")
        if place is not None and len(args) > place:
            return args[place]
        given = kwargs.get("mask")
        if given is not None or not (signature.takes_mask or self._supports_masking):
            if not signature.takes_mask:
                kwargs.pop("mask", None)
            return given
        masks = _masks_of(inputs)
        if masks is not None and signature.takes_mask:
            kwargs["mask"] = masks
        return masks

    def _mask_outputs(self, inputs, outputs, masks):
        if not self._supports_masking:
            return
        flat = tf.nest.flatten(outputs)
        if all(get_mask(output) is not None for output in flat):
            return
        computed = self.compute_mask(inputs, masks)
        if computed is None:
            return
        computed = tf.nest.flatten(computed)
        for output, mask in zip(
            flat, computed if len(computed) > 1 or len(flat) == 1 else computed * len(flat)
        ):
            if mask is not None:
                set_mask(output, mask)

    def compute_mask(self, inputs, mask=None):
        """The mask of the output, given that of the input: the same when `supports_masking`, else none."""
        if self._supports_masking:
            return mask
        if any(m is not None for m in tf.nest.flatten(mask)):
            raise TypeError(f"{layer_title(self)} does not support masking, but got a mask.")
        return None

    def _penalize(self, outputs):
        for output in tf.nest.flatten(outputs):
            batch = tf.cast(tf.shape(output)[0], output.dtype)
            self.add_loss(self._activity_regularizer(output) / batch)

    def _build_on(self, inputs):
        shapes = tf.nest.map_structure(lambda value: getattr(value, "shape", None), inputs)
        self.build(
            None
            if any(s is None for s in tf.nest.flatten(shapes)) and not isinstance(shapes, dict)
            else shapes
        )

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

    # Building models ------------------------------------------------------------------------------

    def _call_symbolically(self, signature, inputs, args, kwargs):
        """Records a node and returns the symbolic outputs."""
        inputs = (
            tf.nest.map_structure(_as_tensor, _join_numbers(inputs)) if not is_symbolic(inputs) else inputs
        )
        if not self.built:
            self._build_on(inputs)
        if self._input_spec is not None:
            check_inputs(self, self._input_spec, inputs)
        specs = self._static_output_spec(inputs, args, kwargs)
        if specs is None:
            outputs = scratch.symbolic_outputs(self, inputs, *args, **kwargs)
        else:
            outputs = tf.nest.map_structure(lambda spec: scratch.symbolic(spec, self.name), specs)
            self._note_masks(inputs, outputs)
        Node(self, (inputs, *args), kwargs, outputs)
        return outputs

    def _note_masks(self, inputs, outputs):
        """Finds which masks the outputs will carry, for layers above that take masks in `call`."""
        if not self._supports_masking:
            return
        masked = any(value.mask_spec is not None for value in tf.nest.flatten(inputs))
        if not masked and not self.makes_masks:
            return
        masks = scratch.output_specs(lambda values: self.compute_mask(values, _masks_of(values)), inputs)
        flat = tf.nest.flatten(outputs)
        for output, mask in zip(flat, _for_each(masks, flat)):
            output.mask_spec = mask

    def _static_output_spec(self, inputs, args, kwargs):
        """Output specs by the layer's own rule, or None when a trace has to find them.

        The rule is trusted in layers of this package; it knows the inputs' shapes and nothing else, so
        further arguments (but `training`) need a trace, as do ragged and sparse inputs.
        """
        if args or any(key != "training" and value is not None for key, value in kwargs.items()):
            return None
        rule = type(self).compute_output_shape
        if rule is Layer.compute_output_shape or not (is_library(rule) and is_library(type(self).call)):
            return None
        flat = tf.nest.flatten(inputs)
        if not all(is_symbolic(value) and isinstance(value.type_spec, tf.TensorSpec) for value in flat):
            return None
        if any(value.shape.rank is None for value in flat):
            return None
        shapes = tf.nest.map_structure(lambda value: value.shape, inputs)
        shape = to_tensor_shapes(self.compute_output_shape(shapes))
        dtype = self.compute_output_dtype(tf.nest.map_structure(lambda value: value.dtype, inputs))
        flat_dtypes = tf.nest.flatten(dtype)
        flat_shapes = tf.nest.flatten(shape)
        if len(flat_dtypes) == 1:
            flat_dtypes *= len(flat_shapes)
        specs = [tf.TensorSpec(s, d) for s, d in zip(flat_shapes, flat_dtypes)]
        return tf.nest.pack_sequence_as(shape, specs)

    def compute_output_dtype(self, input_dtypes):
        """Dtype of the output, given that of the input (a nest for several)."""
        compute = tf.as_dtype(self.compute_dtype)
        first = tf.as_dtype(tf.nest.flatten(input_dtypes)[0])
        return first if self.keeps_input_dtype and not first.is_floating else compute

    def compute_output_shape(self, input_shape):
        """The output's shape for an input of `input_shape`, found by tracing `call`.

        Args:
            input_shape: Tuple or `tf.TensorShape`, None for unknown sizes; a nest for several inputs.
        Returns: `tf.TensorShape`, or a nest of them.
        """
        specs = tf.nest.map_structure(
            lambda shape: tf.TensorSpec(shape, self.compute_dtype), to_tensor_shapes(input_shape)
        )
        if not self.built:
            self.build(input_shape)
        return tf.nest.map_structure(lambda spec: spec.shape, scratch.output_specs(self, specs))

    def compute_output_signature(self, input_signature):
        """Shape and dtype of the output, a `tf.TensorSpec` (nest), for an input of `input_signature`."""
        shapes = self.compute_output_shape(tf.nest.map_structure(lambda spec: spec.shape, input_signature))
        dtype = self.compute_output_dtype(tf.nest.map_structure(lambda spec: spec.dtype, input_signature))
        dtypes = tf.nest.flatten(dtype)
        flat = tf.nest.flatten(shapes)
        dtypes = dtypes * len(flat) if len(dtypes) == 1 else dtypes
        return tf.nest.pack_sequence_as(shapes, [tf.TensorSpec(s, d) for s, d in zip(flat, dtypes)])

    # Saving ---------------------------------------------------------------------------------------

    def get_config(self):
        """The arguments that make an equal layer, as plain data.

        A subclass that does not override this method is described by the arguments of its `__init__`.

        Raises: NotImplementedError if these are not all numbers, strings, lists and the like.
        """
        config = {"name": self.name, "trainable": self.trainable}
        config["dtype"] = mixed_precision.serialize_policy(self._policy)
        if "_batch_input_shape" in self.__dict__:
            config["batch_input_shape"] = self._batch_input_shape
        if self._dynamic:
            config["dynamic"] = True
        if type(self).get_config is not Layer.get_config:
            return config
        own, lost = own_arguments(self)
        if lost:
            raise NotImplementedError(f"{layer_title(self)} takes {explain_lost(lost)}")
        return accepted(self, {**config, **own})

    @classmethod
    def from_config(cls, config):
        """A new layer from what `get_config` returned."""
        return cls(**config)

    def saved_variables(self):
        """This layer's own variables (not those of inner layers) in the order in which files hold them."""
        return self._own_variables(True) + self._own_variables(False)

    def save_own_variables(self, store):
        """Writes this layer's own variables into the dict-like `store`."""
        for index, variable in enumerate(self.saved_variables()):
            store[str(index)] = variable.numpy()

    def check_own_variables(self, shapes):
        """Raises ValueError unless arrays of these shapes (a dict from index to shape) fit this layer."""
        if type(self).load_own_variables is Layer.load_own_variables:
            check_stored_shapes(self, self.saved_variables(), shapes)

    def load_own_variables(self, store):
        """Reads back what `save_own_variables` wrote.

        Raises: ValueError if number or shapes of the arrays do not fit this layer.
        """
        variables = self.saved_variables()
        values = {key: np.asarray(store[key]) for key in store.keys()}
        check_stored_shapes(self, variables, {key: value.shape for key, value in values.items()})
        for index, variable in enumerate(variables):
            variable.assign(values[str(index)])

    def finalize_state(self):
        """Called once before a layer is used for good; preprocessing layers end their adaptation here."""


Layer.build = _building(Layer.build)


def check_stored_shapes(layer, variables, shapes):
    """Raises ValueError unless the stored arrays, of `shapes` by index, are those of the layer's variables."""
    if len(shapes) != len(variables):
        hint = "" if layer.built else " The layer has not been built: call it on data first."
        raise ValueError(
            f"{layer_title(layer)}: expected {len(variables)} stored variables, found {len(shapes)}.{hint}"
        )
    for index, variable in enumerate(variables):
        shape = shapes.get(str(index))
        if shape is None or not variable.shape.is_compatible_with(shape):
            raise ValueError(
                f"{layer_title(layer)}: stored shape {shape} does not fit {variable.name!r} of shape "
                f"{tuple(variable.shape)}."
            )


def check_name(layer, name):
    if name is not None and not isinstance(name, str):
        raise TypeError(f"{type(layer).__name__}: expected name to be a string, got {type(name).__name__}.")
    return name


def given_input_shape(kwargs):
    """`batch_input_shape` as a tuple from any of Keras 2's spellings, or None."""
    if kwargs.get("batch_input_shape") is not None:
        return to_tuples(kwargs["batch_input_shape"])
    shape = kwargs.get("input_shape")
    if shape is None and kwargs.get("input_dim") is not None:
        shape = (kwargs["input_dim"],)
    if shape is None:
        return None
    shape = (shape,) if isinstance(shape, int) else tuple(tf.TensorShape(shape))
    return (kwargs.get("batch_size"), *shape)


def _holds_symbolic(nest):
    return any(is_symbolic(value) for value in tf.nest.flatten(nest))


def _join_numbers(inputs):
    """A list (of lists) of plain numbers is one array; any other nest stays as it is."""
    if isinstance(inputs, (list, tuple)) and inputs:
        flat = tf.nest.flatten(inputs)
        if all(isinstance(value, (int, float, np.generic)) for value in flat):
            return np.asarray(inputs)
    return inputs


def _as_tensor(value):
    if isinstance(value, (np.ndarray, np.generic, float, int)) and not isinstance(value, bool):
        return tf.convert_to_tensor(value)
    return value


def _masks_of(inputs):
    if tf.is_tensor(inputs):
        return get_mask(inputs)
    masks = tf.nest.map_structure(get_mask, inputs)
    return None if all(mask is None for mask in tf.nest.flatten(masks)) else masks


def _for_each(masks, outputs):
    """The masks as a list, one per output; a single mask counts for all."""
    masks = tf.nest.flatten(masks)
    return masks * len(outputs) if len(masks) == 1 else masks


def _note_layer(error, layer, inputs):
    """Adds to an exception, once, in which layer and on what it was raised."""
    if getattr(error, "_tfk_noted", False) or not hasattr(error, "add_note"):
        return
    shapes = [
        str(tuple(v.shape))
        for v in tf.nest.flatten(inputs)
        if getattr(v, "shape", None) is not None and v.shape.rank is not None
    ]
    error.add_note(f"Raised in {layer_title(layer)}, called on {', '.join(shapes) or 'no tensors'}.")
    try:
        error._tfk_noted = True
    except AttributeError:
        pass
