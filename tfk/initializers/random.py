"""Initializers that draw values from a given distribution."""

from tfk.initializers.initializer import RandomInitializer
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike
from tfk.utils import philox


@register("initializers", aliases=("random_uniform", "uniform", "RandomUniformV2"))
class RandomUniform(RandomInitializer):
    """Initializer with a uniform distribution on `[minval, maxval)`, also for integers.

    Args:
        minval: Lower bound, a number or a scalar tensor. Defaults to -0.05.
        maxval: Upper bound, above `minval`. Defaults to 0.05.
        seed: Integer random seed, or None for a random one. Defaults to None.
    >>> RandomUniform(0, 10, seed=1)((3,), "int32").shape
    TensorShape([3])
    """

    dtype_families = ("floating", "integer")

    def __init__(self, minval=-0.05, maxval: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        return philox.uniform(part_shape, seed, self.minval, self.maxval, dtype)

    def get_config(self) -> Config:
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class _Normal(RandomInitializer):
    """Base class of the two normal distributions."""

    def __init__(self, mean=0.0, stddev: float = 0.05, seed: int | None = None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def get_config(self) -> Config:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


@register("initializers", aliases=("random_normal", "normal", "RandomNormalV2"))
class RandomNormal(_Normal):
    """Initializer with a normal distribution.

    Args:
        mean: Mean, a number or a scalar tensor. Defaults to 0.0.
        stddev: Standard deviation, at least 0. Defaults to 0.05.
        seed: Integer random seed, or None for a random one. Defaults to None.
    >>> RandomNormal(seed=1)((3, 2)).shape
    TensorShape([3, 2])
    """

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        return philox.normal(part_shape, seed, self.mean, self.stddev, dtype)


@register("initializers", aliases=("truncated_normal", "TruncatedNormalV2"))
class TruncatedNormal(_Normal):
    """Initializer with a normal distribution truncated at two standard deviations.

    Args:
        mean: Mean, a number or a scalar tensor. Defaults to 0.0.
        stddev: Standard deviation before truncation, at least 0. Defaults to 0.05.
        seed: Integer random seed, or None for a random one. Defaults to None.
    >>> float(tf.reduce_max(tf.abs(TruncatedNormal(stddev=1.0)((1000,))))) <= 2.0
    True
    """

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        return philox.truncated_normal(part_shape, seed, self.mean, self.stddev, dtype)
