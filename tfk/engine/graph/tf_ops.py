"""Turns TensorFlow functions, operators and slices on symbolic tensors into layers of the model.

TensorFlow passes every public function with an argument it cannot convert to the registered
dispatchers. Ours wraps the function in a layer, named by its public symbol so that files can store
it. `tf_functions.py` decides which names may be loaded.
"""

import functools
import inspect

import numpy as np
import tensorflow as tf

from tfk.engine.graph.tf_functions import check_arguments, check_operations, find_function
from tfk.engine.layer import scratch
from tfk.engine.layer.layer import Layer
from tfk.engine.layer.symbolic import SymbolicTensor, contains_symbolic, is_symbolic
from tfk.engine.layer.tracking import is_variable
from tfk.saving.load_scopes import is_loading
from tfk.saving.registry import register
from tfk.utils.masks import get_mask
from tfk.utils.naming import unique_name
from tfk.utils.tensorflow_internals import GlobalOpDispatcher, api_name

OPERATORS = (
    "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__",
    "__rtruediv__", "__div__", "__rdiv__", "__floordiv__", "__rfloordiv__", "__mod__", "__rmod__",
    "__pow__", "__rpow__", "__matmul__", "__rmatmul__", "__lt__", "__le__", "__gt__", "__ge__",
    "__eq__", "__ne__", "__and__", "__rand__", "__or__", "__ror__", "__xor__", "__rxor__",
    "__invert__", "__neg__", "__abs__",
)  # fmt: skip
_RAGGED_METHODS = (
    "to_tensor",
    "to_sparse",
    "row_lengths",
    "bounding_shape",
    "nrows",
    "value_rowids",
    "row_starts",
)
_COMPOSITE_PROPERTIES = ("values", "flat_values", "row_splits", "indices", "dense_shape")


# Module of these classes in Keras 2, as written in its files.
_MODULE = "tf_keras.src.layers.core.tf_op_layer"


def _fold_positional(function, args, kwargs):
    """Return `(first, kwargs)` with all further positional arguments passed by name if they have
    one.
    """
    try:
        parameters = inspect.signature(inspect.unwrap(function)).parameters
    except (TypeError, ValueError):
        return args, kwargs
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters.values()):
        return args, kwargs  # such as tf.einsum, whose further arguments have no names
    names = list(parameters)
    if not args:
        first = next((name for name in names if name in kwargs), None)
        if first is None:
            return args, kwargs
        kwargs = dict(kwargs)
        return (kwargs.pop(first),), kwargs
    named = dict(zip(names[1:], args[1:]))
    if len(args) > len(names):
        return args, kwargs
    return args[:1], {**named, **kwargs}


class OpLayer(Layer):
    """Base class of layers for TensorFlow functions: no weights, no casting.

    Args:
        function: The function.
        name: Name of the layer; None uses `tf.<symbol>`. Defaults to None.
        symbol: Public name of the function; None looks it up. Defaults to None.
    """

    _UNTRACKED = frozenset(("function",))

    function: object
    _unchecked: bool = False  # whether a file named the function and it has not been called yet

    def __init__(self, function, name=None, symbol=None, **kwargs):
        symbol = symbol or api_name(function)
        super().__init__(
            name=name or unique_name(f"tf.{symbol or function.__name__}"), autocast=False, **kwargs
        )
        self.function, self.symbol, self.built = function, symbol, True

    # TensorFlow functions only get the user's arguments, no implicit mode or mask.
    def _resolve_training(self, signature, args, kwargs, frame):
        return None

    def _pass_masks(self, signature, inputs, args, kwargs):
        return None

    def get_config(self):
        if self.symbol is None:
            raise ValueError(
                f'Layer "{self.name}" calls {self.function!r}, which is not a public TensorFlow'
                " function: the model cannot be saved. Put the computation into a custom layer."
            )
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype,
            "function": self.symbol,
        }

    @classmethod
    def from_config(cls, config):
        function = cls._function_named(config["function"])
        layer = cls(function, name=config["name"], symbol=config["function"])
        layer._unchecked = is_loading()
        return layer

    @classmethod
    def _function_named(cls, name):
        return find_function(name)

    def _check_call(self, args, kwargs):
        """Check the traced operations of the first call of a function named in a file."""
        self._unchecked = False
        check_arguments(self.function, args, kwargs)
        args, kwargs = tf.nest.map_structure(scratch.found, (args, kwargs))
        _, graph = scratch.trace_with_graph(self.function, args, kwargs)
        check_operations(graph)


@register("layers", module=_MODULE)
class TFOpLambda(OpLayer):
    """Layer for a public TensorFlow function called on symbolic tensors."""

    def call(self, *args, **kwargs):
        if self._unchecked:
            self._check_call(args, kwargs)
        return self.function(*args, **kwargs)

    def __call__(self, *args, **kwargs):
        variables = [value for value in tf.nest.flatten((args, kwargs)) if is_variable(value)]
        new = [v for v in variables if all(v is not known for known in self._created)]
        if new:  # they train with the model
            self._created.extend(new)
            self.renew_version()
        return super().__call__(*args, **kwargs)


@register("layers", module=_MODULE)
class SlicingOpLambda(OpLayer):
    """Layer for a slice `x[a:b, ..., c]` of a symbolic tensor."""

    @classmethod
    def _function_named(cls, name):
        if find_function(name) is not tf.__operators__.getitem:
            raise ValueError(f"A saved model slices by {name!r}; only getitem does so.")
        return tf.__operators__.getitem

    def call(self, inputs, slice_spec):
        return self.function(inputs, _from_plain_slices(slice_spec))


@register("layers", module=_MODULE)
class InstanceMethod(OpLayer):
    """Layer for a method such as `to_tensor` of a symbolic ragged tensor."""

    def __init__(self, method, name=None, **kwargs):
        super().__init__(
            method, name=name or unique_name(f"input.{method}"), symbol=method, **kwargs
        )

    def call(self, inputs, *args, **kwargs):
        return getattr(inputs, self.function)(*args, **kwargs)

    def get_config(self):
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype,
            "method_name": self.function,
        }

    @classmethod
    def from_config(cls, config):
        method = config["method_name"]
        if method not in _RAGGED_METHODS:
            raise ValueError(
                f"A saved model calls the method {method!r}; allowed are"
                f" {', '.join(_RAGGED_METHODS)}."
            )
        return cls(method, name=config["name"])


@register("layers", module=_MODULE)
class InstanceProperty(OpLayer):
    """Layer for a property such as `values` of a symbolic ragged or sparse tensor."""

    def __init__(self, attribute, name=None, **kwargs):
        super().__init__(
            attribute, name=name or unique_name(f"input.{attribute}"), symbol=attribute, **kwargs
        )

    def call(self, inputs):
        return getattr(inputs, self.function)

    def get_config(self):
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype,
            "attr_name": self.function,
        }

    @classmethod
    def from_config(cls, config):
        attribute = config["attr_name"]
        if attribute not in _COMPOSITE_PROPERTIES:
            raise ValueError(
                f"A saved model reads the property {attribute!r}; allowed are"
                f" {', '.join(_COMPOSITE_PROPERTIES)}."
            )
        return cls(attribute, name=config["name"])


@register("layers")
class MaskOf(OpLayer):
    """Layer that returns the mask of its input as an output of the model."""

    def __init__(self, name=None, **kwargs):
        super().__init__(get_mask, name=name or unique_name("mask_of"), symbol="mask", **kwargs)

    def call(self, inputs):
        return get_mask(inputs)

    def get_config(self):
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        return cls(name=config["name"])


def _to_plain_slices(key):
    """Return a slice key as lists and dicts, in which symbolic bounds can be found."""
    if isinstance(key, tuple):
        return [_to_plain_slices(part) for part in key]
    if isinstance(key, slice):
        return {"start": key.start, "stop": key.stop, "step": key.step}
    if key is Ellipsis:
        return "..."
    return "newaxis" if key is None else key


def _from_plain_slices(key):
    if isinstance(key, dict):
        return slice(key["start"], key["stop"], key["step"])
    if isinstance(key, (list, tuple)):
        return tuple(_from_plain_slices(part) for part in key)
    if isinstance(key, str):
        return {"...": Ellipsis, "newaxis": tf.newaxis}[key]
    return key


def _get_item(tensor, key):
    if is_symbolic(key):  # a boolean mask, or a computed index
        return tf.boolean_mask(tensor, key) if key.dtype == tf.bool else tf.gather(tensor, key)
    if isinstance(key, (np.ndarray, tf.Tensor)) and key.shape.__len__() > 0:
        return (
            tf.boolean_mask(tensor, key) if key.dtype in (bool, tf.bool) else tf.gather(tensor, key)
        )
    return SlicingOpLambda(tf.__operators__.getitem)(tensor, slice_spec=_to_plain_slices(key))


class _SymbolicDispatcher(GlobalOpDispatcher):
    def handle(self, op, args, kwargs):
        if not contains_symbolic((args, kwargs)):
            return self.NOT_SUPPORTED
        args, kwargs = _fold_positional(op, args, kwargs)
        return TFOpLambda(op)(*args, **kwargs)


def _operator(of_tensor, of_ragged):
    """Return an operator that is the one of ragged tensors if an operand is ragged."""
    if of_tensor is of_ragged:
        return of_tensor

    @functools.wraps(of_tensor)
    def apply(*operands):
        ragged = any(
            isinstance(getattr(operand, "_type_spec", None), tf.RaggedTensorSpec)
            for operand in operands
        )
        return (of_ragged if ragged else of_tensor)(*operands)

    return apply


def _give_operators(cls):
    """Give symbolic tensors the operators of tensors; each is a TensorFlow function that
    dispatches.
    """
    for operator in OPERATORS:
        function = getattr(tf.Tensor, operator, None)
        if function is not None:
            of_ragged = getattr(tf.RaggedTensor, operator, function)
            setattr(cls, operator, _operator(function, of_ragged))
    cls.__getitem__ = _get_item
    cls.__hash__ = object.__hash__

    def composite_attribute(self, name):
        ragged_or_sparse = not name.startswith("_") and not isinstance(
            self._type_spec, tf.TensorSpec
        )
        if ragged_or_sparse and name in _RAGGED_METHODS:
            return functools.partial(InstanceMethod(name), self)
        if ragged_or_sparse and name in _COMPOSITE_PROPERTIES:
            return InstanceProperty(name)(self)
        raise AttributeError(f"A symbolic tensor has no attribute {name!r}.")

    def mask(self):
        return None if self.mask_spec is None else MaskOf()(self)

    cls.__getattr__ = composite_attribute
    cls._keras_mask = property(mask)


_give_operators(SymbolicTensor)
_SymbolicDispatcher().register()
