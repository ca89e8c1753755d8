"""`keras.utils.tf_utils` and `control_flow_util`: helpers around TensorFlow's values."""

import functools

import tensorflow as tf

from tfk.engine.layer.symbolic import is_symbolic
from tfk.utils.control_flow import smart_cond, static_bool
from tfk.utils.shapes import to_tensor_shapes, to_tuples
from tfk.utils.tensorflow_internals import CompositeTensor

constant_value = static_bool


def shape_type_conversion(fn):
    """Decorate `compute_output_shape(self, shapes)`: convert its input to tuples and its result to
    TensorShapes."""

    @functools.wraps(fn)
    def wrapper(instance, input_shape):
        shapes = None if input_shape is None else to_tuples(input_shape)
        return to_tensor_shapes(fn(instance, shapes))

    return wrapper


def is_symbolic_tensor(tensor):
    """True for tensors without a value: those of graphs and of models being built."""
    if is_symbolic(tensor):
        return True
    return tf.is_tensor(tensor) and not hasattr(tensor, "numpy")


def is_tensor_or_variable(x):
    """Return True for tensors, variables and symbolic tensors."""
    return tf.is_tensor(x) or isinstance(x, tf.Variable) or is_symbolic(x)


def is_ragged(tensor):
    """Return True for a ragged tensor."""
    return isinstance(tensor, tf.RaggedTensor)


def is_extension_type(tensor):
    """Return True for composite tensors, such as ragged and sparse ones."""
    return isinstance(tensor, CompositeTensor)


def get_tensor_spec(t, dynamic_batch=False, name=None):
    """Return the type spec of a tensor; with `dynamic_batch` for any number of rows."""
    spec = t.type_spec if is_symbolic(t) else tf.type_spec_from_value(t)
    if not isinstance(spec, tf.TensorSpec):
        return spec
    shape = spec.shape
    if dynamic_batch and shape.rank:
        shape = [None, *shape[1:]]
    return tf.TensorSpec(shape, spec.dtype, name or spec.name)


def sync_to_numpy_or_python_type(tensors):
    """Tensors of a nest as arrays, scalars as Python numbers."""

    def to_python(value):
        value = value.numpy() if hasattr(value, "numpy") else value
        return value.item() if getattr(value, "ndim", None) == 0 else value

    return tf.nest.map_structure(to_python, tensors)


def dataset_is_infinite(dataset):
    """Return whether a data set repeats forever; a tensor in graphs."""
    return tf.equal(dataset.cardinality(), tf.data.INFINITE_CARDINALITY)


__all__ = [
    "constant_value",
    "dataset_is_infinite",
    "get_tensor_spec",
    "is_extension_type",
    "is_ragged",
    "is_symbolic_tensor",
    "is_tensor_or_variable",
    "shape_type_conversion",
    "smart_cond",
    "sync_to_numpy_or_python_type",
]
