"""Deterministic initializers: zeros, ones, a constant, the identity matrix."""

import math

import numpy as np
import tensorflow as tf

from tfk import config as settings
from tfk.initializers.initializer import (
    Initializer,
    partition,
    refuse_partition,
    result_dtype,
    static_shape,
)
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike

NUMERIC = ("floating", "integer", "complex", "bool")
SMALL = 4096  # up to so many numbers, handing an array over takes less than filling a tensor


def filled(in_numpy, in_tensorflow, shape, dtype):
    """Return the tensor of `shape` that both functions compute, from the faster one."""
    if (
        isinstance(shape, tuple)
        and all(type(size) is int for size in shape)
        and math.prod(shape) <= SMALL
    ):
        return tf.constant(in_numpy(shape, dtype.as_numpy_dtype))
    return in_tensorflow(shape, dtype)


@register("initializers", aliases=("zeros", "zero", "ZerosV2"))
class Zeros(Initializer):
    """Initializer with zeros, of any numeric or boolean dtype.

    >>> Zeros()((2,)).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        part_shape, _ = partition(self, kwargs)
        return filled(np.zeros, tf.zeros, part_shape or shape, result_dtype(self, dtype, NUMERIC))


@register("initializers", aliases=("ones", "one", "OnesV2"))
class Ones(Initializer):
    """Initializer with ones, of any numeric or boolean dtype.

    >>> Ones()((2,)).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        part_shape, _ = partition(self, kwargs)
        return filled(np.ones, tf.ones, part_shape or shape, result_dtype(self, dtype, NUMERIC))


@register("initializers", aliases=("constant", "ConstantV2"))
class Constant(Initializer):
    """Initializer with a constant value or array.

    Args:
        value: A scalar, or a list or array of the weight's shape. Defaults to 0.
    >>> Constant(3)((2,)).numpy()
    array([3., 3.], dtype=float32)
    """

    def __init__(self, value=0):
        self.value = value

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        part_shape, _ = partition(self, kwargs)
        if part_shape and tf.rank(self.value) != 0:
            refuse_partition(self, kwargs)
        return tf.constant(self.value, dtype or settings.floatx(), part_shape or shape)

    def get_config(self) -> Config:
        is_array = isinstance(self.value, (np.ndarray, np.generic)) or tf.is_tensor(self.value)
        return {"value": np.asarray(self.value).tolist() if is_array else self.value}


@register("initializers", aliases=("identity", "IdentityV2"))
class Identity(Initializer):
    """Initializer with the identity matrix, for weights of rank 2.

    Args:
        gain: Factor of the matrix. Defaults to 1.0.
    Raises: ValueError for a shape of another rank.
    >>> Identity(2.0)((2, 2)).numpy()
    array([[2., 0.],
           [0., 2.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        refuse_partition(self, kwargs)
        shape = static_shape(self, shape)
        if len(shape) != 2:
            raise ValueError(f"Identity: expected a weight of rank 2, got shape {shape}.")
        return self.gain * tf.eye(*shape, dtype=result_dtype(self, dtype))

    def get_config(self) -> Config:
        return {"gain": self.gain}
