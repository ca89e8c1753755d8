"""Variance scaling: random initializers that preserve the variance of signals across layers."""

import math

from tfk.initializers.initializer import RandomInitializer, compute_fans
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike
from tfk.utils import philox
from tfk.utils.checks import check_choice, check_number

MODES = {
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_out": lambda fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2.0,
}
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
# Standard deviation of a unit normal distribution truncated at two standard deviations.
TRUNCATED_STDDEV = 0.87962566103423978


@register("initializers", aliases=("variance_scaling", "VarianceScalingV2"))
class VarianceScaling(RandomInitializer):
    """Initializer with random values of variance `scale / n`, where `n` depends on the weight's
    shape.

    Args:
        scale: A positive number. Defaults to 1.0.
        mode: Definition of `n`: `"fan_in"` (inputs), `"fan_out"` (outputs) or `"fan_avg"` (their
            mean). Defaults to `"fan_in"`.
        distribution: `"truncated_normal"` (also `"normal"`), `"untruncated_normal"` or `"uniform"`.
            Defaults to `"truncated_normal"`.
        seed: Integer random seed, or None for a random one. Defaults to None.
    Raises: ValueError for an unknown mode or distribution, or if `scale` is not positive.
    >>> VarianceScaling(2.0, "fan_out", "uniform", seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ):
        super().__init__(seed)
        if check_number(self, "scale", scale) <= 0:
            raise ValueError(
                f"{type(self).__name__}: expected scale to be positive, got {scale!r}."
            )
        self.scale = scale
        self.mode = check_choice(self, "mode", mode, MODES)
        distribution = distribution.lower() if isinstance(distribution, str) else distribution
        distribution = "truncated_normal" if distribution == "normal" else distribution
        self.distribution = check_choice(self, "distribution", distribution, DISTRIBUTIONS)

    def draw(self, shape, part_shape, dtype: DTypeLike, seed: int | None):
        variance = self.scale / max(1.0, MODES[self.mode](*compute_fans(shape)))
        if self.distribution == "uniform":
            limit = math.sqrt(
                3.0 * variance
            )  # a uniform distribution on [-a, a] has variance a^2 / 3
            return philox.uniform(part_shape, seed, -limit, limit, dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return philox.normal(part_shape, seed, 0.0, stddev, dtype)
        stddev /= TRUNCATED_STDDEV
        return philox.truncated_normal(part_shape, seed, 0.0, stddev, dtype)

    def get_config(self) -> Config:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
        }


class _Preset(VarianceScaling):
    """VarianceScaling with `settings` (scale, mode, distribution) from a paper."""

    settings = ()

    def __init__(self, seed: int | None = None):
        super().__init__(*self.settings, seed=seed)

    def get_config(self) -> Config:
        return {"seed": self.seed}


@register("initializers", aliases=("glorot_uniform", "GlorotUniformV2", "glorot_uniformV2"))
class GlorotUniform(_Preset):
    """Initializer with a uniform distribution on `[-a, a]`, `a = sqrt(6 / (fan_in + fan_out))`.

    It is the default of most layers.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: Glorot and Bengio, 2010, AISTATS 9.
    >>> GlorotUniform(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (1.0, "fan_avg", "uniform")


@register("initializers", aliases=("glorot_normal", "GlorotNormalV2", "glorot_normalV2"))
class GlorotNormal(_Preset):
    """Initializer with a truncated normal of standard deviation `sqrt(2 / (fan_in + fan_out))`.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: Glorot and Bengio, 2010, AISTATS 9.
    >>> GlorotNormal(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (1.0, "fan_avg", "truncated_normal")


@register("initializers", aliases=("lecun_normal", "LecunNormalV2", "lecun_normalV2"))
class LecunNormal(_Preset):
    """Initializer with a truncated normal of standard deviation `sqrt(1 / fan_in)`, for `selu`.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: Klambauer et al., 2017, arXiv:1706.02515.
    >>> LecunNormal(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (1.0, "fan_in", "truncated_normal")


@register("initializers", aliases=("lecun_uniform", "LecunUniformV2", "lecun_uniformV2"))
class LecunUniform(_Preset):
    """Initializer with a uniform distribution on `[-a, a]`, `a = sqrt(3 / fan_in)`.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: LeCun et al., 1998, Efficient BackProp.
    >>> LecunUniform(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (1.0, "fan_in", "uniform")


@register("initializers", aliases=("he_normal", "HeNormalV2", "he_normalV2"))
class HeNormal(_Preset):
    """Initializer with a truncated normal of standard deviation `sqrt(2 / fan_in)`, for `relu`.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: He et al., 2015, arXiv:1502.01852.
    >>> HeNormal(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (2.0, "fan_in", "truncated_normal")


@register("initializers", aliases=("he_uniform", "HeUniformV2", "he_uniformV2"))
class HeUniform(_Preset):
    """Initializer with a uniform distribution on `[-a, a]`, `a = sqrt(6 / fan_in)`, for `relu`.

    Args:
        seed: Integer random seed, or None for a random one. Defaults to None.
    Source: He et al., 2015, arXiv:1502.01852.
    >>> HeUniform(seed=1)((4, 3)).shape
    TensorShape([4, 3])
    """

    settings = (2.0, "fan_in", "uniform")
