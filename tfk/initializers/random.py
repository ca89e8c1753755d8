"""Initial values drawn from one given distribution."""

from tfk.initializers.initializer import RandomInitializer
from tfk.saving.registry import register
from tfk.utils import philox


@register("initializers", aliases=("random_uniform", "uniform", "RandomUniformV2"))
class RandomUniform(RandomInitializer):
    """Values drawn evenly from `[minval, maxval)`; integers too.

    Args:
        minval: Lower bound, a number or a scalar tensor.
        maxval: Upper bound, above `minval`.
        seed: An integer, or None.
    >>> RandomUniform(0, 10, seed=1)((3,), "int32").shape
    TensorShape([3])
    """

    dtype_families = ("floating", "integer")

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def draw(self, shape, part_shape, dtype, seed):
        return philox.uniform(part_shape, seed, self.minval, self.maxval, dtype)

    def get_config(self):
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class _Normal(RandomInitializer):
    """What the two normal distributions share."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def get_config(self):
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


@register("initializers", aliases=("random_normal", "normal", "RandomNormalV2"))
class RandomNormal(_Normal):
    """Values drawn from a normal distribution.

    Args:
        mean: Its mean, a number or a scalar tensor.
        stddev: Its standard deviation.
        seed: An integer, or None.
    >>> RandomNormal(seed=1)((3, 2)).shape
    TensorShape([3, 2])
    """

    def draw(self, shape, part_shape, dtype, seed):
        return philox.normal(part_shape, seed, self.mean, self.stddev, dtype)


@register("initializers", aliases=("truncated_normal", "TruncatedNormalV2"))
class TruncatedNormal(_Normal):
    """Values drawn from a normal distribution, those beyond two standard deviations drawn again.

    Args:
        mean: Its mean, a number or a scalar tensor.
        stddev: Its standard deviation before values are left out.
        seed: An integer, or None.
    >>> float(tf.reduce_max(tf.abs(TruncatedNormal(stddev=1.0)((1000,))))) <= 2.0
    True
    """

    def draw(self, shape, part_shape, dtype, seed):
        return philox.truncated_normal(part_shape, seed, self.mean, self.stddev, dtype)
