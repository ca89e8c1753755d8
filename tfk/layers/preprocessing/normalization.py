"""Normalization layer: features scaled to mean 0 and variance 1."""

import math

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer
from tfk.saving.registry import register
from tfk.typing import Config, Ints, Shape, TensorLike
from tfk.utils.checks import describe


@register("layers")
class Normalization(PreprocessingLayer):
    """Layer that computes `(x - mean) / sqrt(variance)` with the moments of the data given to
    `adapt`.

    Args:
        axis: Axis or axes with separate moments per index; None for a single mean and variance.
            Defaults to -1.
        mean: Mean or means to use instead of adapting. Defaults to None.
        variance: Variance or variances; requires `mean`. Defaults to None.
        invert: Whether to map normalized values back to the original scale. Defaults to False.
    Input shape: Any, with known sizes along `axis`.
    Output shape: Same as the input, in the compute dtype.
    Raises: ValueError if only one of `mean` and `variance` is given, or if they do not match the
        input.
    >>> layer = Normalization(axis=None)
    >>> layer.adapt(np.array([1.0, 2.0, 3.0]))
    >>> layer(np.array([2.0, 3.0])).numpy().round(3)
    array([0.   , 1.225], dtype=float32)
    """

    def __init__(self, axis: Ints = -1, mean=None, variance=None, invert: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None):
            raise ValueError(
                f"{describe(self)}: mean and variance go together, got mean={mean!r} and"
                f" variance={variance!r}."
            )
        self.input_mean, self.input_variance = _as_data(self, mean), _as_data(self, variance)
        self.invert = invert

    def build(self, input_shape: Shape):
        shape = tf.TensorShape(input_shape)
        if any(not -shape.rank <= axis < shape.rank for axis in self.axis):
            raise ValueError(
                f"{describe(self)}: axis={self.axis} does not fit an input of {shape.rank} axes,"
                f" shape {tuple(shape)}."
            )
        kept = sorted(axis % shape.rank for axis in self.axis)
        sizes = [self.known_dim(shape, axis) for axis in kept]
        self._reduced_axes = tuple(axis for axis in range(shape.rank) if axis not in kept)
        self._broadcast_shape = tuple(
            shape[axis] if axis in kept else 1 for axis in range(shape.rank)
        )
        if self.input_mean is None:
            self.adapt_mean = self.add_weight("mean", sizes, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight(
                "variance", sizes, initializer="ones", trainable=False
            )
            self.count = self.add_weight(
                "count", (), dtype="int64", initializer="zeros", trainable=False
            )
        else:
            self._given_mean = self._full("mean", self.input_mean, sizes)
            self._given_variance = self._full("variance", self.input_variance, sizes)

    def _full(self, name, values, sizes):
        try:
            return np.broadcast_to(np.asarray(values, dtype="float64"), sizes)
        except ValueError as error:
            raise ValueError(
                f"{describe(self)}: {name} of shape {np.shape(values)} does not fit {tuple(sizes)},"
                f" the sizes along axis={self.axis}."
            ) from error

    @property
    def mean(self):
        """The mean, in a shape that broadcasts against inputs."""
        return self._broadcast(self.adapt_mean if self.input_mean is None else self._given_mean)

    @property
    def variance(self):
        """The variance, in a shape that broadcasts against inputs."""
        return self._broadcast(
            self.adapt_variance if self.input_mean is None else self._given_variance
        )

    def _broadcast(self, values):
        return tf.reshape(tf.cast(values, self.compute_dtype), self._broadcast_shape)

    @property
    def can_adapt(self):
        return self.input_mean is None

    def update_state(self, data):
        if self.input_mean is not None:
            raise ValueError(
                f"{describe(self)}: cannot adapt, because mean and variance were given."
            )
        data = tf.cast(data, self.adapt_mean.dtype)
        mean, variance = tf.nn.moments(data, self._reduced_axes)
        sizes = tf.shape(data, out_type=tf.int64)
        count = (
            tf.reduce_prod([sizes[axis] for axis in self._reduced_axes])
            if self._reduced_axes
            else 1
        )
        total = self.count + count
        # Moments of two groups together: Chan et al., 1983, Algorithms for computing the sample
        # variance.
        new = tf.cast(count / total, data.dtype)
        both = self.adapt_mean * (1 - new) + mean * new
        self.adapt_variance.assign(
            (self.adapt_variance + tf.square(self.adapt_mean - both)) * (1 - new)
            + (variance + tf.square(mean - both)) * new
        )
        self.adapt_mean.assign(both)
        self.count.assign(total)

    def reset_state(self) -> None:
        if self.input_mean is None:
            self.adapt_mean.assign(tf.zeros_like(self.adapt_mean))
            self.adapt_variance.assign(tf.ones_like(self.adapt_variance))
            self.count.assign(0)

    def _as_tensors(self, inputs):
        if isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"{describe(self)}: expected one input, got a {type(inputs).__name__}. Pass an"
                " array or a tensor."
            )
        return super()._as_tensors(inputs)

    def call(self, inputs: TensorLike):
        inputs = tf.cast(inputs, self.compute_dtype)
        deviation = tf.maximum(tf.sqrt(self.variance), config.epsilon())
        return self.mean + inputs * deviation if self.invert else (inputs - self.mean) / deviation

    def compute_output_shape(self, input_shape: Shape):
        shape = tf.TensorShape(input_shape)
        if not self.built or shape.rank != len(self._broadcast_shape):
            return shape
        # Sizes along the kept axes equal those of the mean.
        pairs = enumerate(zip(shape, self._broadcast_shape))
        return tf.TensorShape(
            [
                own if size is None and axis not in self._reduced_axes else size
                for axis, (size, own) in pairs
            ]
        )

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "axis": self.axis,
            "invert": self.invert,
            "mean": self.input_mean,
            "variance": self.input_variance,
        }


def _as_data(owner, values):
    """Return plain numbers in tuples, as stored in a config."""
    if isinstance(values, tf.Variable):
        raise ValueError(
            f"{describe(owner)}: mean and variance are constants here: pass variable.numpy()."
        )
    if values is None or isinstance(values, (int, float)):
        return values
    values = np.asarray(values)
    return (
        values.item()
        if math.prod(values.shape) == 1 and not values.ndim
        else _as_tuples(values.tolist())
    )


def _as_tuples(values):
    return tuple(_as_tuples(value) for value in values) if isinstance(values, list) else values
