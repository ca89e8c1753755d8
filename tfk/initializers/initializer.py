"""Base class of initializers, and helpers of the random ones."""

import math
import warnings

import tensorflow as tf

from tfk import config
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike
from tfk.utils.checks import check_int
from tfk.utils.random import draw_seed


@register("initializers", aliases=("initializer",))
class Initializer:
    """Base class: a callable that returns the initial value of a weight for its shape.

    Subclasses define `__call__(shape, dtype=None, **kwargs)` and, to be saved, `get_config`.

    >>> class Halves(Initializer):
    ...     def __call__(self, shape, dtype=None, **kwargs):
    ...         return tf.fill(shape, tf.cast(0.5, dtype or "float32"))
    >>> Halves()((2,)).numpy()
    array([0.5, 0.5], dtype=float32)
    """

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        """Return the initial value.

        Args:
            shape: Shape of the weight, with all sizes known.
            dtype: Its dtype; None uses `tfk.config.floatx()`. Defaults to None.
            **kwargs: `partition_shape` and `partition_offset`, if a distribution strategy stores
                the weight in parts and requests one of them.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define __call__(shape, dtype=None, **kwargs)."
        )

    def get_config(self) -> Config:
        """Return the constructor arguments as a dict."""
        return {}

    @classmethod
    def from_config(cls, config: Config):
        """Create an initializer from the result of `get_config`."""
        # Files written by Keras 1 and TF1 hold a dtype, which __call__ has received ever since.
        return cls(**{key: value for key, value in config.items() if key != "dtype"})


class RandomInitializer(Initializer):
    """Base class of random initializers: the same object returns the same values at every call.

    Args:
        seed: An integer of at least 0, or None to draw a seed at the first call. Defaults to None.
    """

    dtype_families = ("floating",)

    def __init__(self, seed: int | None = None):
        self.seed = None if seed is None else check_int(self, "seed", seed)
        self._key = self.seed
        self._used = False

    def __call__(self, shape, dtype: DTypeLike | None = None, **kwargs):
        part_shape, offset = partition(self, kwargs)
        shape, dtype = static_shape(self, shape), result_dtype(self, dtype, self.dtype_families)
        if offset is None:
            self._warn_when_reused()
        return self.draw(shape, part_shape or shape, dtype, self._philox_seed(offset))

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        """Return the random values of a part, of shape `part_shape`, of a weight of shape
        `shape`."""
        raise NotImplementedError(f"{type(self).__name__} must define draw().")

    def _philox_seed(self, offset):
        if self._key is None:
            self._key = draw_seed()
        seed = [self._key, 0]
        # Each part of a partitioned weight gets different numbers.
        return (
            tf.random.fold_in(seed, hash(offset), alg="philox") if offset and any(offset) else seed
        )

    def _warn_when_reused(self):
        if self._used and self.seed is None:
            warnings.warn(
                f"{type(self).__name__} without a seed is used for more than one weight: they start"
                " with the same numbers. Pass a separate initializer to each weight, or a seed"
                " if that is intended.",
                stacklevel=4,
            )
        self._used = True


def partition(owner, kwargs):
    """Return `(shape, offset)` of the part requested by the keyword arguments of a call, None if
    absent.
    """
    extra = kwargs.keys() - {"partition_shape", "partition_offset"}
    if extra:
        raise TypeError(
            f"{type(owner).__name__}: got unexpected arguments {sorted(extra)}; a call takes shape,"
            " dtype, partition_shape and partition_offset."
        )
    shape, offset = kwargs.get("partition_shape"), kwargs.get("partition_offset")
    return (None if shape is None else tuple(shape)), (None if offset is None else tuple(offset))


def refuse_partition(owner, kwargs):
    """Raise if part of the value is requested from an initializer that can only create all of
    it.
    """
    if any(part is not None for part in partition(owner, kwargs)):
        raise ValueError(
            f"{type(owner).__name__}: the value can only be made as a whole. Use another"
            " initializer for weights that the distribution strategy stores in parts."
        )


def static_shape(owner, shape):
    """Return the shape as a tuple of ints."""
    shape = tf.TensorShape(shape)
    if not shape.is_fully_defined():
        raise ValueError(
            f"{type(owner).__name__}: expected a shape with all sizes known, got {shape}. Build the"
            " layer with an input whose sizes it needs are known."
        )
    return tuple(shape.as_list())


def result_dtype(owner, dtype, allowed=("floating",)):
    """Return the dtype of the value, `floatx()` for None, checked against the `allowed`
    families.
    """
    dtype = tf.as_dtype(dtype or config.floatx())
    families = {"floating": dtype.is_floating, "integer": dtype.is_integer, "bool": dtype.is_bool}
    families["complex"] = dtype.is_complex
    if not any(families[family] for family in allowed):
        raise ValueError(
            f"{type(owner).__name__}: expected a dtype that is {' or '.join(allowed)}, got"
            f" {dtype.name}."
        )
    return dtype


def compute_fans(shape):
    """Return `(fan_in, fan_out)` of a weight: inputs and outputs of one unit, times the window
    size.

    >>> compute_fans((784, 10)), compute_fans((3, 3, 16, 32))
    ((784, 10), (144, 288))
    """
    if len(shape) < 2:
        fan = shape[0] if shape else 1
        return fan, fan
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window
