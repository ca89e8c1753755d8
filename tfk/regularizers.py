"""Regularizers: penalties on weights and activations, added to the loss."""

import math
from typing import Any

import tensorflow as tf

from tfk import config as settings
from tfk.saving import resolver
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, TensorLike
from tfk.utils.checks import check_choice, check_no_more, check_number


@register("regularizers")
class Regularizer:
    """Base class: a callable that returns a scalar penalty for a tensor.

    Any function of one tensor can be used instead. Subclasses define `__call__(x)` and, to be
    saved, `get_config`.

    >>> class Spread(Regularizer):
    ...     def __call__(self, x):
    ...         return tf.math.reduce_variance(x)
    >>> float(Spread()(tf.constant([1.0, 3.0])))
    1.0
    """

    def __call__(self, x: TensorLike):
        """Return the penalty, a scalar of the dtype of `x`."""
        return 0.0

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        raise NotImplementedError(f"{type(self).__name__} must define get_config() to be saved.")

    @classmethod
    def from_config(cls, config: Config):
        """Create a regularizer from the result of `get_config`."""
        return cls(**config)


def _factor(owner, argument, value, default):
    """Return the factor of a penalty as a finite float, rounded to the default float dtype as in
    Keras 2.
    """
    value = check_number(owner, argument, default if value is None else value)
    if not math.isfinite(value):
        raise ValueError(
            f"{type(owner).__name__}: expected {argument} to be finite, got {value!r}."
        )
    return float(tf.as_dtype(settings.floatx()).as_numpy_dtype(value))


def _absolute_sum(x):
    return tf.reduce_sum(tf.abs(x))


def _square_sum(x):
    return 2.0 * tf.nn.l2_loss(x)


@register("regularizers")
class L1L2(Regularizer):
    """L1 and L2 regularizer: `l1 * sum(|x|) + l2 * sum(x^2)`.

    Args:
        l1: Factor of the absolute values. Defaults to 0.0.
        l2: Factor of the squares. Defaults to 0.0.
    >>> float(L1L2(0.5, 0.25)(tf.constant([1.0, -2.0])))
    2.75
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1 = _factor(self, "l1", l1, default=0.0)
        self.l2 = _factor(self, "l2", l2, default=0.0)

    def __call__(self, x: TensorLike):
        penalty = tf.zeros((), x.dtype)
        if self.l1:
            penalty += self.l1 * _absolute_sum(x)
        if self.l2:
            penalty += self.l2 * _square_sum(x)
        return penalty

    def get_config(self) -> Config:
        return {"l1": self.l1, "l2": self.l2}


@register("regularizers", aliases=("l1",))
class L1(Regularizer):
    """L1 regularizer: `l1 * sum(|x|)`, which drives small values to zero.

    Args:
        l1: Factor of the penalty. The old spelling `l=` is accepted. Defaults to 0.01.
    >>> float(L1(0.5)(tf.constant([1.0, -2.0])))
    1.5
    """

    def __init__(self, l1: float = 0.01, **kwargs):
        l1 = kwargs.pop("l", l1)
        check_no_more(self, kwargs)
        self.l1 = _factor(self, "l1", l1, default=0.01)

    def __call__(self, x: TensorLike):
        return self.l1 * _absolute_sum(x)

    def get_config(self) -> Config:
        return {"l1": self.l1}


@register("regularizers", aliases=("l2",))
class L2(Regularizer):
    """L2 regularizer: `l2 * sum(x^2)`, also called weight decay.

    Args:
        l2: Factor of the penalty. The old spelling `l=` is accepted. Defaults to 0.01.
    >>> float(L2(0.5)(tf.constant([1.0, -2.0])))
    2.5
    """

    def __init__(self, l2: float = 0.01, **kwargs):
        l2 = kwargs.pop("l", l2)
        check_no_more(self, kwargs)
        self.l2 = _factor(self, "l2", l2, default=0.01)

    def __call__(self, x: TensorLike):
        return self.l2 * _square_sum(x)

    def get_config(self) -> Config:
        return {"l2": self.l2}


@register("regularizers", aliases=("orthogonal_regularizer",))
class OrthogonalRegularizer(Regularizer):
    """Orthogonality regularizer: mean absolute cosine between the rows (or columns) of a matrix.

    Args:
        factor: Factor of the penalty. Defaults to 0.01.
        mode: `"rows"` or `"columns"`. Defaults to `"rows"`.
    Raises: ValueError for another mode, or when called with a tensor that is not a matrix.
    >>> float(OrthogonalRegularizer(1.0)(tf.constant([[1.0, 0.0], [0.0, 2.0]])))
    0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        self.factor = _factor(self, "factor", factor, default=0.01)
        self.mode = check_choice(self, "mode", mode, ("rows", "columns"))

    def __call__(self, inputs: TensorLike):
        if inputs.shape.rank != 2:
            raise ValueError(
                "OrthogonalRegularizer: expected a matrix (rank 2), got a tensor of shape"
                f" {inputs.shape}."
            )
        vectors = tf.convert_to_tensor(inputs if self.mode == "rows" else tf.transpose(inputs))
        vectors = tf.math.l2_normalize(vectors, axis=1)
        cosines = tf.matmul(vectors, vectors, transpose_b=True)
        pairs = tf.linalg.set_diag(cosines, tf.zeros_like(vectors[:, 0]))
        count = tf.shape(vectors)[0]
        # Every pair occurs twice in the matrix, as (i, j) and as (j, i).
        return self.factor * _absolute_sum(pairs) / tf.cast(count * (count - 1), pairs.dtype)

    def get_config(self) -> Config:
        return {"factor": self.factor, "mode": self.mode}


def l1_l2(l1: float = 0.01, l2: float = 0.01):
    """Return an `L1L2` regularizer with both penalties enabled by default.

    Args:
        l1: Factor of the absolute values. Defaults to 0.01.
        l2: Factor of the squares. Defaults to 0.01.
    >>> round(l1_l2().l1, 6)
    0.01
    """
    return L1L2(l1=l1, l2=l2)


l1 = L1
l2 = L2
orthogonal_regularizer = OrthogonalRegularizer


def serialize(regularizer, use_legacy_format: bool = False):
    """Return the config of a regularizer.

    Args:
        regularizer: A regularizer, a registered function, or None.
        use_legacy_format: Whether to return only `{"class_name", "config"}`. Defaults to False.
    >>> serialize(L2(0.5), use_legacy_format=True)
    {'class_name': 'L2', 'config': {'l2': 0.5}}
    """
    return resolver.serialize(regularizer, use_legacy_format)


def deserialize(
    config: Any, custom_objects: CustomObjects | None = None, use_legacy_format: bool = False
):
    """Create a regularizer from a config or a name, in either format.

    Args:
        config: Result of `serialize`, or a name.
        custom_objects: Dict mapping names to custom classes and functions. Defaults to None.
        use_legacy_format: Ignored; both formats are recognized. Defaults to False.
    Raises: ValueError if the name is unknown.
    >>> deserialize({"class_name": "L1", "config": {"l1": 0.5}}).l1
    0.5
    """
    # As a string the name means the function, whose defaults differ from those of the class L1L2.
    return (
        l1_l2()
        if config == "l1_l2"
        else resolver.deserialize("regularizers", config, custom_objects)
    )


def get(identifier):
    """Return the regularizer for a name, a config, a class, an object, a function or None.

    Args:
        identifier: For example `"l2"`, `"l1_l2"` or `L2(0.001)`.
    Raises: ValueError if the name is unknown, TypeError for other types.
    >>> round(get("l2").l2, 6)
    0.01
    """
    return l1_l2() if identifier == "l1_l2" else resolver.get("regularizers", identifier)
