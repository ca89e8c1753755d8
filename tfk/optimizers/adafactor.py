"""Adafactor: Adam without a running mean of gradients, and with a factored one of their squares."""

import tensorflow as tf

from tfk.optimizers.gradients import densify
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.settings import number, positive_number
from tfk.optimizers.state import stored_dtype
from tfk.saving.registry import register
from tfk.utils.tensorflow_internals import untracked


def root_mean_square(x):
    """The usual size of the values of `x`, a scalar."""
    return tf.sqrt(tf.reduce_mean(tf.square(x)))


def factored_mean(squares, r, c, decay):
    """Running means of the rows `r` and columns `c` of the last two axes, and the full mean they
    stand for.
    """
    r = decay * r + (1 - decay) * tf.reduce_mean(squares, axis=-1)
    c = decay * c + (1 - decay) * tf.reduce_mean(squares, axis=-2)
    share = r / tf.reduce_mean(r, axis=-1, keepdims=True)
    return r, c, share[..., tf.newaxis] * c[..., tf.newaxis, :]


@register("optimizers", aliases=("adafactor",))
class Adafactor(Optimizer):
    """Gradients divided by the root of a mean of squares that takes little memory, in relative
    steps.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        beta_2_decay: The weight of the past in the mean of squares is `1 - t**beta_2_decay`; at
            most 0.
        epsilon_1: Added to squared gradients, at least 0.
        epsilon_2: Smallest size of the values on which steps are relative, at least 0.
        clip_threshold: Largest root mean square of a step before scaling, above 0.
        relative_step: Kept in the config. As in Keras 2, `1 / sqrt(t)` bounds the learning rate
            either way.
        weight_decay: See `Optimizer`, as for the arguments that follow.
    Slots: for two axes and more `r` and `c`, means over the last axis and the last but one; and
        `v`.
    Raises: ValueError for settings out of range.
    Source: Shazeer and Stern, 2018, arXiv:1804.04235.
    >>> x = tf.Variable([1.0, 1.0])
    >>> _ = Adafactor(0.1).apply_gradients([(tf.constant([5.0, -5.0]), x)])
    >>> x.numpy().round(4)
    array([0.9, 1.1], dtype=float32)
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_2_decay=-0.8,
        epsilon_1=1e-30,
        epsilon_2=1e-3,
        clip_threshold=1.0,
        relative_step=True,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Adafactor",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.beta_2_decay = number(self, "beta_2_decay", beta_2_decay, maximum=0)
        self.epsilon_1 = number(self, "epsilon_1", epsilon_1, minimum=0)
        self.epsilon_2 = number(self, "epsilon_2", epsilon_2, minimum=0)
        self.clip_threshold = positive_number(self, "clip_threshold", clip_threshold)
        self.relative_step = relative_step

    def build(self, var_list):
        super().build(var_list)
        if getattr(self, "_built", False):
            return
        self._built = True
        slots = []
        for variable in var_list:
            shape, factored = variable.shape, []
            if shape.rank >= 2:
                for name, its_shape in (("r", shape[:-1]), ("c", shape[:-2] + shape[-1:])):
                    factored.append(
                        self.add_variable_from_reference(variable, name, shape=its_shape)
                    )
            slots.append((*factored, self.add_variable_from_reference(variable, "v")))
        self._slots = untracked(self, slots)

    def update_step(self, gradient, variable):
        dtype = stored_dtype(variable)
        gradient, value = densify(gradient, variable), tf.convert_to_tensor(variable)
        step = tf.cast(self._iterations + 1, dtype)
        rate = tf.minimum(self.rate_for(variable), tf.math.rsqrt(step))
        *factored, mean = self._slots[self.index_of(variable)]
        decay = 1 - tf.pow(step, tf.cast(self.beta_2_decay, dtype))
        squares = tf.square(gradient) + self.epsilon_1
        if factored:
            r, c, average = factored_mean(squares, *factored, decay)
            factored[0].assign(r)
            factored[1].assign(c)
        else:
            average = decay * mean + (1 - decay) * squares
        mean.assign(average)
        update = gradient * tf.math.rsqrt(average)
        update /= tf.maximum(tf.cast(1, dtype), root_mean_square(update) / self.clip_threshold)
        size = tf.maximum(tf.cast(self.epsilon_2, dtype), root_mean_square(value))
        variable.assign_sub(size * rate * update)

    def get_config(self):
        return {
            **super().get_config(),
            **self._settings(
                "beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step"
            ),
        }
