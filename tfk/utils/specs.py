"""Type specs: dtype and shape without a value."""

import numpy as np
import tensorflow as tf

_tensor_like = []  # classes of values that are no tensors of TensorFlow


def register_tensor_like(cls):
    """Make values of a class count as tensors of their `shape` and `dtype` in models."""
    if cls not in _tensor_like:
        _tensor_like.append(cls)


def is_tensor_like(value):
    """Return whether a value counts as a tensor by `register_tensor_like`."""
    return isinstance(value, tuple(_tensor_like))


def spec_of(value):
    """Return the type spec of a tensor, variable, array or symbolic tensor; specs and other objects
    stay as they are.

    >>> spec_of(tf.zeros((2, 3)))
    TensorSpec(shape=(2, 3), dtype=tf.float32, name=None)
    """
    if isinstance(value, tf.TypeSpec):
        return value
    if hasattr(value, "type_spec"):
        return value.type_spec
    if is_tensor_like(value):
        return tf.TensorSpec(value.shape, value.dtype)
    if tf.is_tensor(value) or isinstance(value, (tf.Variable, np.ndarray)):
        return tf.type_spec_from_value(value)
    return value


def open_spec(value, name=None):
    """The same with the batch size left open, and another name.

    >>> open_spec(tf.zeros((2, 3)))
    TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)
    """
    spec = spec_of(value)
    shape = (
        [None, *spec.shape[1:]]
        if getattr(spec, "shape", None) is not None and spec.shape.rank
        else None
    )
    if isinstance(spec, tf.TensorSpec):
        return tf.TensorSpec(spec.shape if shape is None else shape, spec.dtype, name)
    if isinstance(spec, tf.RaggedTensorSpec):
        return tf.RaggedTensorSpec(shape, spec.dtype, spec.ragged_rank, spec.row_splits_dtype)
    if isinstance(spec, tf.SparseTensorSpec):
        return tf.SparseTensorSpec(shape, spec.dtype)
    return spec
