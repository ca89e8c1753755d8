"""Learning rates that fall by a simple law: exponential, inverse time, polynomial, steps."""

import tensorflow as tf

from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.optimizers.settings import positive_number
from tfk.saving.registry import register
from tfk.utils.checks import describe


def _progress(step, decay_steps, staircase, dtype):
    """Number of decay periods behind `step`, whole ones only with `staircase`."""
    periods = tf.cast(step, dtype) / tf.cast(decay_steps, dtype)
    return tf.floor(periods) if staircase else periods


class _Decay(LearningRateSchedule):
    """What the first two schedules have in common."""

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name=None):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number(self, "decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step):
        initial = tf.convert_to_tensor(self.initial_learning_rate)
        progress = _progress(step, self.decay_steps, self.staircase, initial.dtype)
        return initial * self.factor(tf.cast(self.decay_rate, initial.dtype), progress)

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@register("optimizers.schedules")
class ExponentialDecay(_Decay):
    """`initial_learning_rate * decay_rate ** (step / decay_steps)`.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Steps in which the rate falls by `decay_rate`, positive.
        decay_rate: The factor.
        staircase: True rounds `step / decay_steps` down, so that the rate falls in steps.
        name: Not used, kept in the config.
    >>> round(float(ExponentialDecay(0.1, 10, 0.5)(20)), 6)
    0.025
    """

    @staticmethod
    def factor(decay_rate, progress):
        return tf.pow(decay_rate, progress)


@register("optimizers.schedules")
class InverseTimeDecay(_Decay):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Unit in which steps are counted, positive.
        decay_rate: How fast the rate falls.
        staircase: True rounds `step / decay_steps` down, so that the rate falls in steps.
        name: Not used, kept in the config.
    >>> round(float(InverseTimeDecay(0.1, 1, 0.5)(2)), 6)
    0.05
    """

    @staticmethod
    def factor(decay_rate, progress):
        return 1 / (1 + decay_rate * progress)


@register("optimizers.schedules")
class PolynomialDecay(LearningRateSchedule):
    """From `initial_learning_rate` to `end_learning_rate` as a power of the steps that are left.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Steps until the end is reached, positive.
        end_learning_rate: Rate from then on.
        power: Exponent; 1 gives a straight line.
        cycle: True stretches `decay_steps` to the next multiple whenever the end is reached, so
            that the rate rises again and falls anew.
        name: Not used, kept in the config.
    >>> round(float(PolynomialDecay(0.1, 10, end_learning_rate=0.0)(5)), 6)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        end_learning_rate=0.0001,
        power=1.0,
        cycle=False,
        name=None,
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

    def get_config(self):
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
    """One of several rates, by the interval the step lies in.

    Args:
        boundaries: Rising step numbers; each is the last step of its interval.
        values: The rates of the intervals, one more than `boundaries`.
        name: Not used, kept in the config.
    Raises: ValueError if there is not one value more than boundaries.
    >>> [round(float(PiecewiseConstantDecay([5], [0.1, 0.01])(step)), 6) for step in (5, 6)]
    [0.1, 0.01]
    """

    def __init__(self, boundaries, values, name=None):
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

    def get_config(self):
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
