"""Conditions on weights, restored after every step of the optimizer."""

import numpy as np
import tensorflow as tf

from tfk import config as settings
from tfk.saving import resolver
from tfk.saving.registry import register


@register("constraints")
class Constraint:
    """Base class: an object that gives the nearest permitted value when called with a weight.

    Any function from a tensor to a tensor of the same shape serves as well.

    >>> class Halved(Constraint):
    ...     def __call__(self, w):
    ...         return w / 2.0
    >>> float(Halved()(tf.constant(3.0)))
    1.5
    """

    def __call__(self, w):
        """The permitted value, of the shape and dtype of `w`."""
        return w

    def get_config(self):
        """The arguments of `__init__` as a dict."""
        return {}

    @classmethod
    def from_config(cls, config):
        """A constraint from the dict that `get_config` gave."""
        return cls(**config)


def _norms(w, axis):
    return tf.sqrt(tf.reduce_sum(tf.square(w), axis=axis, keepdims=True))


@register("constraints", aliases=("max_norm", "maxnorm"))
class MaxNorm(Constraint):
    """Vectors longer than `max_value` are shortened to it.

    Args:
        max_value: Greatest Euclidean length allowed.
        axis: Axis or axes along which a vector lies: 0 for Dense kernels `(inputs, units)`,
            `(0, 1, 2)` for Conv2D kernels.
    Source: Srivastava et al., 2014, Dropout (JMLR 15).
    >>> MaxNorm(1.0)(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        return w * (tf.clip_by_value(norms, 0, self.max_value) / (settings.epsilon() + norms))

    def get_config(self):
        return {"max_value": self.max_value, "axis": self.axis}


@register("constraints", aliases=("non_neg", "nonneg"))
class NonNeg(Constraint):
    """Negative values become zero.

    >>> NonNeg()(tf.constant([2.0, -1.0])).numpy() + 0.0
    array([2., 0.], dtype=float32)
    """

    def __call__(self, w):
        return w * tf.cast(w >= 0.0, w.dtype)


@register("constraints", aliases=("unit_norm", "unitnorm"))
class UnitNorm(Constraint):
    """Every vector gets length 1.

    Args:
        axis: Axis or axes along which a vector lies, as in `MaxNorm`.
    >>> UnitNorm()(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        return w / (settings.epsilon() + _norms(w, self.axis))

    def get_config(self):
        return {"axis": self.axis}


@register("constraints", aliases=("min_max_norm",))
class MinMaxNorm(Constraint):
    """The length of every vector is moved towards `[min_value, max_value]`.

    Args:
        min_value: Least length.
        max_value: Greatest length.
        rate: How much of the way is gone at each step, in `[0, 1]`; 1 enforces the bounds.
        axis: Axis or axes along which a vector lies, as in `MaxNorm`.
    >>> MinMaxNorm(10.0, 20.0)(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[6.],
           [8.]], dtype=float32)
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        bounded = tf.clip_by_value(norms, self.min_value, self.max_value)
        wanted = self.rate * bounded + (1 - self.rate) * norms
        return w * (wanted / (settings.epsilon() + norms))

    def get_config(self):
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


@register("constraints", aliases=("radial_constraint",))
class RadialConstraint(Constraint):
    """Windows of Conv2D kernels become constant on each square ring around their centre.

    The value of a ring is read from the window's diagonal, at the places Keras 2 reads it from.

    Raises: ValueError for a weight that is not of shape `(size, size, channels, filters)`.
    >>> RadialConstraint()(tf.reshape(tf.range(9.0), (3, 3, 1, 1)))[:, :, 0, 0].numpy()
    array([[4., 4., 4.],
           [4., 0., 4.],
           [4., 4., 4.]], dtype=float32)
    """

    def __call__(self, w):
        if w.shape.rank != 4 or w.shape[0] is None or w.shape[0] != w.shape[1]:
            raise ValueError(
                "RadialConstraint: expected a weight of shape (size, size, channels, filters), got"
                f" shape {w.shape}."
            )
        sources = ring_sources(w.shape[0])
        return tf.gather_nd(w, np.stack([sources, sources], axis=-1))


def ring_sources(size):
    """For each place of a `(size, size)` window, the place on the diagonal that its ring is read
    from.

    >>> ring_sources(4)
    array([[3, 3, 3, 3],
           [3, 1, 1, 3],
           [3, 1, 1, 3],
           [3, 3, 3, 3]])
    """
    half, odd = divmod(size, 2)
    position = np.arange(size)
    distance = np.abs(position - half) if odd else np.maximum(half - 1 - position, position - half)
    ring = np.maximum.outer(distance, distance)
    return np.where(ring == 0, max(half - 1, 0), half + ring - odd)


max_norm = maxnorm = MaxNorm
non_neg = nonneg = NonNeg
unit_norm = unitnorm = UnitNorm
min_max_norm = MinMaxNorm
radial_constraint = RadialConstraint


def serialize(constraint, use_legacy_format=False):
    """The config of a constraint.

    Args:
        constraint: A constraint, a registered function, or None.
        use_legacy_format: True gives `{"class_name", "config"}` alone.
    >>> serialize(UnitNorm(), use_legacy_format=True)
    {'class_name': 'UnitNorm', 'config': {'axis': 0}}
    """
    return resolver.serialize(constraint, use_legacy_format)


def deserialize(config, custom_objects=None, use_legacy_format=False):
    """The constraint that a config or a name describes; both formats are recognised.

    Args:
        config: What `serialize` gave, or a name.
        custom_objects: Dict from names to the user's own classes and functions.
        use_legacy_format: Has no effect.
    Raises: ValueError for an unknown name.
    >>> deserialize({"class_name": "MaxNorm", "config": {"max_value": 3}}).max_value
    3
    """
    return resolver.deserialize("constraints", config, custom_objects)


def get(identifier):
    """The constraint meant by a name, a config, a class, an object, a function or None.

    Args:
        identifier: Such as `"non_neg"`, `"NonNeg"`, `MaxNorm(3)`.
    Raises: ValueError for an unknown name, TypeError for anything else.
    >>> get("maxnorm").max_value
    2
    """
    return resolver.get("constraints", identifier)
