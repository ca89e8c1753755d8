"""Learning rates that follow half a cosine wave, once or again and again."""

import math

import tensorflow as tf

from tfk.optimizers.schedules.schedule import LearningRateSchedule
from tfk.optimizers.settings import number, positive_number
from tfk.saving.registry import register


def half_wave(fraction):
    """1 at fraction 0, 0 at fraction 1, along a cosine."""
    return 0.5 * (1 + tf.cos(tf.constant(math.pi, fraction.dtype) * fraction))


@register("optimizers.schedules")
class CosineDecay(LearningRateSchedule):
    """A straight rise, if wanted, then half a cosine wave down.

    Args:
        initial_learning_rate: Rate of the first step.
        decay_steps: Steps of the way down, positive.
        alpha: The rate at the end, as a share of the highest rate.
        name: Not used, kept in the config.
        warmup_target: Highest rate, reached after `warmup_steps`. None: there is no rise, and
            `warmup_steps` does not count.
        warmup_steps: Steps of the rise from `initial_learning_rate`, at least 0.
    Source: Loshchilov and Hutter, 2016, arXiv:1608.03983.
    >>> [round(float(CosineDecay(0.1, 10)(step)), 6) for step in (0, 5, 10, 20)]
    [0.1, 0.05, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        alpha=0.0,
        name=None,
        warmup_target=None,
        warmup_steps=0,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_number(self, "decay_steps", decay_steps)
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

    def get_config(self):
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
    """Half a cosine wave down, then a jump back up, each period longer and lower than the last.

    Args:
        initial_learning_rate: Rate of the first step.
        first_decay_steps: Length of the first period, positive.
        t_mul: Each period is so many times as long as the one before, at least 1.
        m_mul: Each period starts at so many times the rate at which the one before started.
        alpha: Lower end of each period, as a share of `initial_learning_rate`.
        name: Not used, kept in the config.
    Source: Loshchilov and Hutter, 2016, arXiv:1608.03983.
    >>> [round(float(CosineDecayRestarts(0.1, 10)(step)), 6) for step in (0, 5, 10, 30)]
    [0.1, 0.05, 0.1, 0.1]
    """

    def __init__(
        self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None
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
        else:  # period i starts at (t_mul**i - 1) / (t_mul - 1) first periods and lasts t_mul**i of them
            restarts = tf.floor(tf.math.log(1 + periods * (t_mul - 1)) / tf.math.log(t_mul))
            length = tf.pow(t_mul, restarts)
            fraction = (periods - (length - 1) / (t_mul - 1)) / length
        height = tf.pow(tf.cast(self._m_mul, dtype), restarts)
        return initial * ((1 - self.alpha) * height * half_wave(fraction) + self.alpha)

    def get_config(self):
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
    """One wave: along a cosine up to a high rate, then down to a very low one.

    Args:
        max_learning_rate: Highest rate, at least 0.
        total_steps: Steps of the whole cycle, positive; the rate stays at its end afterwards.
        warmup_fraction: Share of the steps on the way up, in [0, 1].
        div_factor: The first rate is `max_learning_rate / div_factor`, positive.
        final_div_factor: The last rate is the first one divided by this, positive.
        name: Not used, kept in the config.
    Raises: ValueError for settings out of range.
    Source: Smith and Topin, 2017, arXiv:1708.07120.
    >>> [round(float(OneCycle(1.0, 100)(step)), 6) for step in (0, 30, 100)]
    [0.04, 1.0, 4e-06]
    """

    def __init__(
        self,
        max_learning_rate,
        total_steps,
        warmup_fraction=0.3,
        div_factor=25.0,
        final_div_factor=1e4,
        name=None,
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

    def get_config(self):
        return {
            "max_learning_rate": self.max_learning_rate,
            "total_steps": self.total_steps,
            "warmup_fraction": self.warmup_fraction,
            "div_factor": self.div_factor,
            "final_div_factor": self.final_div_factor,
            "name": self.name,
        }
