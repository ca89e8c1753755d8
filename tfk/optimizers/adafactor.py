"""Adafactor: memory-efficient adaptive learning rates with factored second moments."""

import tensorflow as tf

from tfk.optimizers.gradients import densify
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.settings import number, positive_number
from tfk.optimizers.state import stored_dtype
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate
from tfk.utils.tensorflow_internals import untracked


def root_mean_square(x):
    """Return the root mean square of `x`, a scalar."""
    return tf.sqrt(tf.reduce_mean(tf.square(x)))


def factored_mean(squares, r, c, decay):
    """Return running means of the rows `r` and columns `c` of the last two axes, and their
    product.
    """
    r = decay * r + (1 - decay) * tf.reduce_mean(squares, axis=-1)
    c = decay * c + (1 - decay) * tf.reduce_mean(squares, axis=-2)
    share = r / tf.reduce_mean(r, axis=-1, keepdims=True)
    return r, c, share[..., tf.newaxis] * c[..., tf.newaxis, :]


@register("optimizers", aliases=("adafactor",))
class Adafactor(Optimizer):
    """Adafactor: divides gradients by the root of a factored running mean of squares, in relative
        steps.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_2_decay: Exponent of the decay rate `1 - t**beta_2_decay` of the mean of squares; at
            most 0. Defaults to -0.8.
        epsilon_1: Constant added to squared gradients, at least 0. Defaults to 1e-30.
        epsilon_2: Lower bound of the parameter scale used for relative steps, at least 0. Defaults
            to 0.001.
        clip_threshold: Maximum root mean square of a step before scaling, above 0. Defaults to 1.0.
        relative_step: Stored in the config only. As in Keras 2, `1 / sqrt(t)` bounds the learning
            rate in either case. Defaults to True.
        weight_decay: Decoupled weight decay: each update first subtracts `learning_rate *
            weight_decay * w`. None or at least 0. Defaults to None.
        clipnorm: Maximum norm of each gradient; None for no limit. Defaults to None.
        clipvalue: Maximum absolute value of each gradient element; None for no limit. Ignored if a
            norm is clipped. Defaults to None.
        global_clipnorm: Maximum norm of all gradients together; cannot be combined with `clipnorm`.
            Defaults to None.
        use_ema: Whether to keep an exponential moving average of each variable. Defaults to False.
        ema_momentum: Momentum of the moving averages (weight of the previous value), in [0, 1].
            Defaults to 0.99.
        ema_overwrite_frequency: Number of updates after which variables are overwritten by their
            averages; None only does so at the end of `fit`. Defaults to None.
        jit_compile: Whether to compile the update rule with XLA on a GPU; ignored elsewhere.
            Defaults to True.
        name: Name of the optimizer. Defaults to `"Adafactor"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `r` and `c`, means over the last axis and the last but one, for two axes and more; and
        `v`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Shazeer and Stern, 2018, arXiv:1804.04235.
    >>> x = tf.Variable([1.0, 1.0])
    >>> _ = Adafactor(0.1).apply_gradients([(tf.constant([5.0, -5.0]), x)])
    >>> x.numpy().round(4)
    array([0.9, 1.1], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Adafactor",
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

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            **self._settings(
                "beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step"
            ),
        }
