"""Lambda layer: an arbitrary function as a layer."""

import inspect
import warnings

import tensorflow as tf

from tfk.engine.layer.call_context import in_graph
from tfk.engine.layer.layer import Layer
from tfk.saving.configs import (
    deserialize_keras_object,
    is_object_config,
    serialize_keras_object,
)
from tfk.saving.registry import custom, find, get_registered_name, public_name, register
from tfk.saving.special_values import to_array
from tfk.typing import Config, CustomObjects, Shape, TensorLike
from tfk.utils.autograph import converted
from tfk.utils.checks import describe
from tfk.utils.shapes import is_shape, map_shapes, to_tensor_shapes, to_tuples


@register("layers")
class Lambda(Layer):
    """Layer that calls a function of tensors.

    A saved model stores the name of the function, never its code. Register it with
    `@register_keras_serializable()`, or pass it in `custom_objects` when loading; a lambda, which
    has no name, goes under the name of its layer. A function that needs variables should be a
    subclass of `Layer`, which trains and saves them.

    Args:
        function: Function of the inputs; it may also accept `mask` and `training`.
        output_shape: Output shape without the batch axis, or a function from the input shape to the
            output shape, for `compute_output_shape`; None infers it by tracing. Defaults to None.
        mask: Output mask, or a function of the inputs and their mask that returns it. Defaults to
            None.
        arguments: Dict of further keyword arguments for the function. Defaults to None.
    Call arguments:
        inputs: Argument of the function.
        mask: Mask of the inputs, passed on if the function accepts it. Defaults to None.
        training: Mode, passed on if the function accepts it. Defaults to None.
    Input shape: Any shape the function accepts.
    Output shape: Shape of the function's result.
    Raises: TypeError if `function` is not callable; ValueError if the function creates variables.
    >>> Lambda(lambda x: x**2)(tf.constant([2.0, 3.0])).numpy()
    array([4., 9.], dtype=float32)
    """

    # What a function holds (a model, say) is no part of the layer.
    _UNTRACKED = frozenset(
        ("_checked", "_output_shape", "_passes", "arguments", "function", "mask")
    )

    function: object
    mask: object
    arguments: dict
    _output_shape: object
    _passes: dict  # whether the function takes `mask` and `training`
    _checked: bool = False  # whether the function was watched for variables

    def __init__(
        self, function, output_shape=None, mask: TensorLike = None, arguments=None, **kwargs
    ):
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"{describe(self)}: expected a function, got {function!r}.")
        names = _argument_names(function)
        self.function, self.mask, self.arguments = function, mask, dict(arguments or {})
        self._output_shape = output_shape
        self._passes = {"mask": "mask" in names, "training": "training" in names}
        self.supports_masking = mask is not None

    def call(self, inputs: TensorLike, mask: TensorLike = None, training: bool | None = None):
        function = converted(self.function) if in_graph() else self.function
        given = {"mask": mask, "training": training}
        passed = {name: value for name, value in given.items() if self._passes[name]}
        if self._checked:
            return function(inputs, **self.arguments, **passed)
        self._checked = True
        with tf.variable_creator_scope(self._refuse_variable), tf.GradientTape() as tape:
            outputs = function(inputs, **self.arguments, **passed)
        self._warn_of_variables(tape.watched_variables())
        return outputs

    def _refuse_variable(self, next_creator, **options):
        self._checked = False
        raise ValueError(
            f"{describe(self)}: its function creates the variable {options.get('name')!r}, which a"
            " Lambda cannot keep from one call to the next. Write a subclass of Layer that creates"
            " it in build()."
        )

    def _warn_of_variables(self, variables):
        if variables:
            names = ", ".join(sorted({variable.name for variable in variables}))
            warnings.warn(
                f"{describe(self)}: its function uses {names}. A Lambda does not train or save"
                " them; write a subclass of Layer that owns them if it should."
            )

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def _static_output_spec(self, inputs, args, kwargs):
        return None  # the dtype and structure of the result are only known after tracing

    def compute_output_shape(self, input_shape: Shape):
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return to_tensor_shapes(self._output_shape(to_tuples(input_shape)))
        first = (
            input_shape
            if is_shape(input_shape)
            else tf.nest.flatten(to_tensor_shapes(input_shape))[0]
        )
        batch = tf.TensorShape(first)[:1]
        return map_shapes(lambda shape: batch + tf.TensorShape(shape), self._output_shape)

    def get_config(self) -> Config:
        config = {**super().get_config(), "arguments": serialize_keras_object(self.arguments)}
        config.update(_describe("function", "module", self.function))
        config.update(_describe("output_shape", "output_shape_module", self._output_shape))
        if self.mask is not None:
            config.update(_describe("mask", "mask_module", self.mask))
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        config = dict(config)
        arguments = config.pop("arguments", None) or {}
        settings = {
            key: _restore(config, key, module_key, custom_objects)
            for key, module_key in (
                ("function", "module"),
                ("output_shape", "output_shape_module"),
                ("mask", "mask_module"),
            )
        }
        return cls(
            **settings, arguments={k: _restore_argument(v) for k, v in arguments.items()}, **config
        )


def _argument_names(function):
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):  # unavailable for some functions written in C
        return ()


def _describe(key, module_key, value):
    """Return the three config entries of a function or plain value.

    A registered function is stored by name. Any other function stays in the config as an object, so
    that a live layer can be copied without a name; `serialize_keras_object` decides what happens
    when the config becomes text.
    """
    if not callable(value):
        return {key: value, f"{key}_type": "raw", module_key: None}
    module = getattr(value, "__module__", None)
    return {key: _by_name(value), f"{key}_type": "function", module_key: module}


def _by_name(function):
    name = getattr(function, "__name__", None)
    registered = name and (
        public_name(function) or custom([get_registered_name(function)]) is function
    )
    return serialize_keras_object(function) if registered else function


def _restore(config, key, module_key, custom_objects):
    """Return the value described by `_describe` (or Keras 2, or Keras 3, which states no type) and
    remove its entries from the config.
    """
    config.pop(module_key, None)
    kind, value = config.pop(f"{key}_type", "raw"), config.pop(key, None)
    if callable(value) or (kind == "raw" and not is_object_config(value)):
        return tuple(value) if isinstance(value, list) else value
    if kind not in ("function", "lambda", "raw"):
        raise ValueError(
            f"Lambda {config.get('name')!r}: expected {key}_type to be 'function', 'lambda' or"
            f" 'raw', got {kind!r}."
        )
    is_lambda = kind == "lambda" or (
        isinstance(value, dict) and value.get("class_name") == "__lambda__"
    )
    if is_lambda:
        return _restore_lambda(config.get("name"), key, value, custom_objects)
    if isinstance(value, str):
        return find(value, custom_objects=custom_objects, functions=True)
    return deserialize_keras_object(value, custom_objects)


def _restore_lambda(name, key, value, custom_objects):
    """Return the user's function for the layer, or the stored code if that is allowed."""
    given = custom([name], custom_objects)
    if given is not None and key != "mask":
        return given if key == "function" else None  # its output shape is traced instead
    if not isinstance(value, dict):  # code, defaults and closure, as Keras 2 writes them to .h5
        value = {"class_name": "__lambda__", "config": {"value": value}}
    try:
        return deserialize_keras_object(value, custom_objects)
    except ValueError as error:
        raise ValueError(
            f"Lambda {name!r}: {error} Or supply the function yourself: pass"
            f" custom_objects={{{name!r}: function}} to this call, and the stored code is not used."
        ) from None


def _restore_argument(value):
    if isinstance(value, dict) and value.get("type") == "ndarray":  # as Keras 2 writes arrays
        return to_array(value["value"])
    return deserialize_keras_object(value)
