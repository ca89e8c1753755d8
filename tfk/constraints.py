"""Weight constraints: projections applied after each optimizer step."""

from typing import Any

import numpy as np
import tensorflow as tf

from tfk import config as settings
from tfk.saving import resolver
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, Ints, TensorLike


@register("constraints")
class Constraint:
    """Base class: a callable that maps a weight to the nearest permitted value.

    Any function from a tensor to a tensor of the same shape can be used instead.

    >>> class Halved(Constraint):
    ...     def __call__(self, w):
    ...         return w / 2.0
    >>> float(Halved()(tf.constant(3.0)))
    1.5
    """

    def __call__(self, w: TensorLike):
        """Return the permitted value, with the shape and dtype of `w`."""
        return w

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        return {}

    @classmethod
    def from_config(cls, config: Config):
        """Create a constraint from the result of `get_config`."""
        return cls(**config)


def _norms(w, axis):
    return tf.sqrt(tf.reduce_sum(tf.square(w), axis=axis, keepdims=True))


@register("constraints", aliases=("max_norm", "maxnorm"))
class MaxNorm(Constraint):
    """Maximum norm constraint: vectors longer than `max_value` are scaled down to it.

    Args:
        max_value: Maximum Euclidean norm, at least 0. Defaults to 2.
        axis: Axis or axes of a vector: 0 for Dense kernels `(inputs, units)`, `(0, 1, 2)` for
            Conv2D kernels. Defaults to 0.
    Source: Srivastava et al., 2014, Dropout (JMLR 15).
    >>> MaxNorm(1.0)(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, max_value: int = 2, axis: Ints = 0):
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: TensorLike):
        norms = _norms(w, self.axis)
        return w * (tf.clip_by_value(norms, 0, self.max_value) / (settings.epsilon() + norms))

    def get_config(self) -> Config:
        return {"max_value": self.max_value, "axis": self.axis}


@register("constraints", aliases=("non_neg", "nonneg"))
class NonNeg(Constraint):
    """Non-negativity constraint: negative values become zero.

    >>> NonNeg()(tf.constant([2.0, -1.0])).numpy() + 0.0
    array([2., 0.], dtype=float32)
    """

    def __call__(self, w: TensorLike):
        return w * tf.cast(w >= 0.0, w.dtype)


@register("constraints", aliases=("unit_norm", "unitnorm"))
class UnitNorm(Constraint):
    """Unit norm constraint: every vector is scaled to length 1.

    Args:
        axis: Axis or axes of a vector, as in `MaxNorm`. Defaults to 0.
    >>> UnitNorm()(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, axis: Ints = 0):
        self.axis = axis

    def __call__(self, w: TensorLike):
        return w / (settings.epsilon() + _norms(w, self.axis))

    def get_config(self) -> Config:
        return {"axis": self.axis}


@register("constraints", aliases=("min_max_norm",))
class MinMaxNorm(Constraint):
    """Norm range constraint: the length of every vector is moved towards `[min_value, max_value]`.

    Args:
        min_value: Minimum norm, at least 0. Defaults to 0.0.
        max_value: Maximum norm. Defaults to 1.0.
        rate: Fraction of the correction applied at each step, in `[0, 1]`; 1 enforces the bounds.
            Defaults to 1.0.
        axis: Axis or axes of a vector, as in `MaxNorm`. Defaults to 0.
    >>> MinMaxNorm(10.0, 20.0)(tf.constant([[3.0], [4.0]])).numpy().round(4)
    array([[6.],
           [8.]], dtype=float32)
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Ints = 0
    ):
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: TensorLike):
        norms = _norms(w, self.axis)
        bounded = tf.clip_by_value(norms, self.min_value, self.max_value)
        wanted = self.rate * bounded + (1 - self.rate) * norms
        return w * (wanted / (settings.epsilon() + norms))

    def get_config(self) -> Config:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


@register("constraints", aliases=("radial_constraint",))
class RadialConstraint(Constraint):
    """Radial constraint: Conv2D kernels are constant on each square ring around their center.

    The value of a ring is read from the diagonal of the window, at the same positions as in Keras
    2.

    Raises: ValueError for a weight whose shape is not `(size, size, channels, filters)`.
    >>> RadialConstraint()(tf.reshape(tf.range(9.0), (3, 3, 1, 1)))[:, :, 0, 0].numpy()
    array([[4., 4., 4.],
           [4., 0., 4.],
           [4., 4., 4.]], dtype=float32)
    """

    def __call__(self, w: TensorLike):
        if w.shape.rank != 4 or w.shape[0] is None or w.shape[0] != w.shape[1]:
            raise ValueError(
                "RadialConstraint: expected a weight of shape (size, size, channels, filters), got"
                f" shape {w.shape}."
            )
        sources = ring_sources(w.shape[0])
        return tf.gather_nd(w, np.stack([sources, sources], axis=-1))


def ring_sources(size):
    """Return, for each position of a square window, the diagonal index its ring is read from.

    Args:
        size: Height and width of the window.
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


def serialize(constraint, use_legacy_format: bool = False):
    """Return the config of a constraint.

    Args:
        constraint: A constraint, a registered function, or None.
        use_legacy_format: Whether to return only `{"class_name", "config"}`. Defaults to False.
    >>> serialize(UnitNorm(), use_legacy_format=True)
    {'class_name': 'UnitNorm', 'config': {'axis': 0}}
    """
    return resolver.serialize(constraint, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a constraint from a config or a name, in either format.

    Args:
        config: Result of `serialize`, or a name.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize({"class_name": "MaxNorm", "config": {"max_value": 3}}).max_value
    3
    """
    return resolver.deserialize("constraints", config, custom_objects)


def get(identifier):
    """Return the constraint for a name, a config, a class, an object, a function or None.

    Args:
        identifier: For example `"non_neg"`, `"NonNeg"` or `MaxNorm(3)`.
    Raises: ValueError if the name is unknown, TypeError for other types.
    >>> get("maxnorm").max_value
    2
    """
    return resolver.get("constraints", identifier)
