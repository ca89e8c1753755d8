"""Cosine learning rate schedules."""

import math

import tensorflow as tf

from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.optimizers.settings import number, positive_number
from tfk.saving.registry import register
from tfk.typing import Config
from tfk.utils.checks import check_number


def half_wave(fraction):
    """Return 1 at fraction 0 and 0 at fraction 1, along a cosine."""
    return 0.5 * (1 + tf.cos(tf.constant(math.pi, fraction.dtype) * fraction))


@register("optimizers.schedules")
class CosineDecay(LearningRateSchedule):
    """Cosine decay with optional linear warmup.

    `alpha + (1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2` times the highest rate.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Number of steps of the decay; 0 with a warmup alone.
        alpha: Final rate as a fraction of the highest rate. Defaults to 0.0.
        name: Unused, kept in the config. Defaults to None.
        warmup_target: Highest rate, reached after `warmup_steps`; None disables the warmup.
            Defaults to None.
        warmup_steps: Number of steps of linear warmup from `initial_learning_rate`, at least 0.
            Defaults to 0.
    Source: Loshchilov and Hutter, 2016, arXiv:1608.03983.
    >>> [round(float(CosineDecay(0.1, 10)(step)), 6) for step in (0, 5, 10, 20)]
    [0.1, 0.05, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str | None = None,
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = check_number(self, "decay_steps", decay_steps, minimum=0)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = number(self, "warmup_steps", warmup_steps, minimum=0)

    def __call__(self, step):
        initial = tf.convert_to_tensor(self.initial_learning_rate)
        dtype = initial.dtype
        step, down = tf.cast(step, dtype), tf.cast(self.decay_steps, dtype)
        up = 0 if self.warmup_target is None else self.warmup_steps
        highest = initial if self.warmup_target is None else tf.cast(self.warmup_target, dtype)
        fraction = tf.clip_by_value((step - up) / down, 0, 1)
        falling = highest * ((1 - self.alpha) * half_wave(fraction) + self.alpha)
        if not up:
            return falling
        return tf.where(step < up, initial + (highest - initial) * step / up, falling)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


@register("optimizers.schedules")
class CosineDecayRestarts(LearningRateSchedule):
    """Cosine decay with warm restarts: each period may be longer and start lower than the last.

    Args:
        initial_learning_rate: Rate of the first step.
        first_decay_steps: Length of the first period in steps, positive.
        t_mul: Ratio of the lengths of successive periods, at least 1. Defaults to 2.0.
        m_mul: Ratio of the initial rates of successive periods. Defaults to 1.0.
        alpha: Final rate of each period as a fraction of `initial_learning_rate`. Defaults to 0.0.
        name: Unused, kept in the config. Defaults to None.
    Source: Loshchilov and Hutter, 2016, arXiv:1608.03983.
    >>> [round(float(CosineDecayRestarts(0.1, 10)(step)), 6) for step in (0, 5, 10, 30)]
    [0.1, 0.05, 0.1, 0.1]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = None,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = positive_number(self, "first_decay_steps", first_decay_steps)
        self._t_mul = number(self, "t_mul", t_mul, minimum=1)
        self._m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step):
        initial = tf.convert_to_tensor(self.initial_learning_rate)
        dtype = initial.dtype
        periods = tf.cast(step, dtype) / tf.cast(self.first_decay_steps, dtype)
        t_mul = tf.cast(self._t_mul, dtype)
        if self._t_mul == 1:
            restarts = tf.floor(periods)
            fraction = periods - restarts
        else:
            # In first periods: period i starts at (t_mul**i - 1) / (t_mul - 1), lasts t_mul**i.
            restarts = tf.floor(tf.math.log(1 + periods * (t_mul - 1)) / tf.math.log(t_mul))
            length = tf.pow(t_mul, restarts)
            fraction = (periods - (length - 1) / (t_mul - 1)) / length
        height = tf.pow(tf.cast(self._m_mul, dtype), restarts)
        return initial * ((1 - self.alpha) * height * half_wave(fraction) + self.alpha)

    def get_config(self) -> Config:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self._t_mul,
            "m_mul": self._m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }


@register("optimizers.schedules")
class OneCycle(LearningRateSchedule):
    """One-cycle policy: cosine warmup to a high rate, then cosine decay to a very low one.

    Args:
        max_learning_rate: Highest rate, at least 0.
        total_steps: Number of steps of the cycle, positive; the final rate is kept afterwards.
        warmup_fraction: Fraction of the steps spent on the warmup, in [0, 1]. Defaults to 0.3.
        div_factor: The initial rate is `max_learning_rate / div_factor`; positive. Defaults to
            25.0.
        final_div_factor: The final rate is the initial one divided by this; positive. Defaults to
            10000.0.
        name: Unused, kept in the config. Defaults to None.
    Raises: ValueError if an argument is out of range.
    Source: Smith and Topin, 2017, arXiv:1708.07120.
    >>> [round(float(OneCycle(1.0, 100)(step)), 6) for step in (0, 30, 100)]
    [0.04, 1.0, 4e-06]
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        warmup_fraction: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        name: str | None = None,
    ):
        self.max_learning_rate = number(self, "max_learning_rate", max_learning_rate, minimum=0)
        self.total_steps = positive_number(self, "total_steps", total_steps)
        self.warmup_fraction = number(
            self, "warmup_fraction", warmup_fraction, minimum=0, maximum=1
        )
        self.div_factor = positive_number(self, "div_factor", div_factor)
        self.final_div_factor = positive_number(self, "final_div_factor", final_div_factor)
        self.name = name

    def __call__(self, step):
        highest = tf.convert_to_tensor(self.max_learning_rate, tf.float32)
        first = highest / self.div_factor
        step, up = tf.cast(step, tf.float32), self.warmup_fraction * self.total_steps
        down = tf.clip_by_value(tf.math.divide_no_nan(step - up, self.total_steps - up), 0, 1)
        last = first / self.final_div_factor
        falling = last + (highest - last) * half_wave(down)
        if not up:
            return falling
        return tf.where(step < up, first + (highest - first) * half_wave(1 - step / up), falling)

    def get_config(self) -> Config:
        return {
            "max_learning_rate": self.max_learning_rate,
            "total_steps": self.total_steps,
            "warmup_fraction": self.warmup_fraction,
            "div_factor": self.div_factor,
            "final_div_factor": self.final_div_factor,
            "name": self.name,
        }
