"""Simple learning rate schedules: exponential, inverse time, polynomial and piecewise constant."""

import tensorflow as tf

from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.optimizers.settings import positive_number
from tfk.saving.registry import register
from tfk.typing import Config
from tfk.utils.checks import describe


def _progress(step, decay_steps, staircase, dtype):
    """Return the number of decay periods before `step`, rounded down with `staircase`."""
    periods = tf.cast(step, dtype) / tf.cast(decay_steps, dtype)
    return tf.floor(periods) if staircase else periods


class _Decay(LearningRateSchedule):
    """Base class of the first two schedules."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number(self, "decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step):
        initial = tf.convert_to_tensor(self.initial_learning_rate)
        progress = _progress(step, self.decay_steps, self.staircase, initial.dtype)
        return initial * self.factor(tf.cast(self.decay_rate, initial.dtype), progress)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@register("optimizers.schedules")
class ExponentialDecay(_Decay):
    """Exponential decay: `initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Number of steps in which the rate decays by `decay_rate`, positive.
        decay_rate: Decay factor.
        staircase: Whether to round `step / decay_steps` down. Defaults to False.
        name: Unused, kept in the config. Defaults to None.
    >>> round(float(ExponentialDecay(0.1, 10, 0.5)(20)), 6)
    0.025
    """

    @staticmethod
    def factor(decay_rate: float, progress):
        return tf.pow(decay_rate, progress)


@register("optimizers.schedules")
class InverseTimeDecay(_Decay):
    """Inverse time decay: `initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Number of steps per unit of time, positive.
        decay_rate: Speed of the decay.
        staircase: Whether to round `step / decay_steps` down. Defaults to False.
        name: Unused, kept in the config. Defaults to None.
    >>> round(float(InverseTimeDecay(0.1, 1, 0.5)(2)), 6)
    0.05
    """

    @staticmethod
    def factor(decay_rate: float, progress):
        return 1 / (1 + decay_rate * progress)


@register("optimizers.schedules")
class PolynomialDecay(LearningRateSchedule):
    """Polynomial decay from `initial_learning_rate` to `end_learning_rate`.

    `(initial - end) * (1 - step / decay_steps)**power + end`, then constant.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Number of steps until the end is reached, positive.
        end_learning_rate: Final rate. Defaults to 0.0001.
        power: Exponent; 1 is a linear decay. Defaults to 1.0.
        cycle: Whether to extend `decay_steps` to its next multiple whenever the end is reached, so
            that the rate rises and decays again. Defaults to False.
        name: Unused, kept in the config. Defaults to None.
    >>> round(float(PolynomialDecay(0.1, 10, end_learning_rate=0.0)(5)), 6)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number(self, "decay_steps", decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step):
        initial = tf.convert_to_tensor(self.initial_learning_rate)
        end = tf.cast(self.end_learning_rate, initial.dtype)
        step, total = tf.cast(step, initial.dtype), tf.cast(self.decay_steps, initial.dtype)
        if self.cycle:
            total *= tf.maximum(tf.math.ceil(step / total), 1)
        left = 1 - tf.minimum(step, total) / total
        return (initial - end) * tf.pow(left, tf.cast(self.power, initial.dtype)) + end

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }


@register("optimizers.schedules")
class PiecewiseConstantDecay(LearningRateSchedule):
    """Piecewise constant rates, by intervals of steps.

    Args:
        boundaries: Increasing step numbers; each is the last step of its interval.
        values: Rates of the intervals, one more than `boundaries`.
        name: Unused, kept in the config. Defaults to None.
    Raises: ValueError if there is not exactly one more value than boundaries.
    >>> [round(float(PiecewiseConstantDecay([5], [0.1, 0.01])(step)), 6) for step in (5, 6)]
    [0.1, 0.01]
    """

    def __init__(self, boundaries, values, name: str | None = None):
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                f"{describe(self)}: expected one value more than boundaries, got {len(boundaries)}"
                f" boundaries and {len(values)} values."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step):
        step = tf.convert_to_tensor(step)
        boundaries = tf.cast(tf.convert_to_tensor(self.boundaries), step.dtype)
        interval = tf.reduce_sum(tf.cast(step > boundaries, tf.int32))
        return tf.gather(tf.convert_to_tensor(self.values), interval)

    def get_config(self) -> Config:
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
