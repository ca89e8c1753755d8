"""Adam: adaptive moment estimation."""

import functools

import tensorflow as tf

from tfk.optimizers.fused_adam import fused_adam
from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register


def adam_rule(gradient, m, v, largest, rate, beta_1, beta_2, epsilon):
    """One step; `rate` holds the bias corrections, `largest` is the maximum of past `v` or None
    (AMSGrad).

    Returns (step, m, v, largest).
    """
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (tf.square(gradient) - v) * (1 - beta_2)
    if largest is not None:
        largest = tf.maximum(largest, v)
    return rate * m / (tf.sqrt(v if largest is None else largest) + epsilon), m, v, largest


def adam_coefficients(rate, step, beta_1, beta_2, epsilon, adaptive_epsilon):
    """What step number `step` (counted from 1) needs besides gradients and slots, scalar tensors of
    the dtype of `rate`: "corrected_rate" and "epsilon" for `adam_rule`, the others for the kernel.
    """
    step = tf.cast(step, rate.dtype)
    beta_1_power = tf.pow(tf.cast(beta_1, rate.dtype), step)
    beta_2_power = tf.pow(tf.cast(beta_2, rate.dtype), step)
    correction = tf.sqrt(1 - beta_2_power)
    epsilon = tf.cast(epsilon, rate.dtype)
    return {
        "rate": rate,
        "step": step,
        "beta_1_power": beta_1_power,
        "beta_2_power": beta_2_power,
        "corrected_rate": rate * correction / (1 - beta_1_power),
        "epsilon": epsilon * correction if adaptive_epsilon else epsilon,
    }


@register("optimizers", aliases=("adam",))
class Adam(RuleOptimizer):
    """Running means of gradients and of their squares, corrected for their start at zero.

    `m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g**2;
    w -= learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        beta_1: Weight of the past in the mean of gradients, in [0, 1).
        beta_2: Weight of the past in the mean of their squares, in [0, 1).
        epsilon: Small number that keeps the division finite, at least 0. It is added where the
            formula shows it (the "epsilon hat" of the paper), as in Keras 2.
        adaptive_epsilon: True adds `epsilon` to the corrected root, as the paper's algorithm 1
            does.
        amsgrad: True divides by the largest `v` so far.
        weight_decay: See `Optimizer`, as for the arguments that follow.
        lazy: True updates only the rows that a sparse gradient names: much faster for large
            embedding tables, but the means of the other rows do not decay meanwhile, which Keras 2
            lets them do.
    Slots: `m`, `v`, and `vhat` with `amsgrad`.
    Raises: ValueError for settings out of range.
    Source: Kingma and Ba, 2014, arXiv:1412.6980; Reddi et al., 2018, On the convergence of Adam and
        beyond.
    >>> x = tf.Variable(1.0)
    >>> _ = Adam(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        adaptive_epsilon=False,
        amsgrad=False,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Adam",
        lazy=False,
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.beta_1 = number(self, "beta_1", beta_1, minimum=0, maximum=1)
        self.beta_2 = number(self, "beta_2", beta_2, minimum=0, maximum=1)
        self.epsilon = small_number(self, epsilon)
        self.adaptive_epsilon, self.amsgrad, self.lazy = adaptive_epsilon, amsgrad, lazy

    def slot_blocks(self):
        return (("m", "v"), ("vhat",)) if self.amsgrad else (("m", "v"),)

    @property
    def rows_only(self):
        return self.lazy

    def coefficients(self, rate):
        settings = (self.beta_1, self.beta_2, self.epsilon, self.adaptive_epsilon)
        return adam_coefficients(rate, self._iterations + 1, *settings)

    def rule(self, gradient, slots, now):
        m, v, largest = slots if self.amsgrad else (*slots, None)
        rate, epsilon = now["corrected_rate"], now["epsilon"]
        step, *new = adam_rule(gradient, m, v, largest, rate, self.beta_1, self.beta_2, epsilon)
        return step, new[: len(slots)]

    @property
    def fused(self):
        # XLA has no kernel for AMSGrad.
        if self.amsgrad or not fits_kernel(self.beta_1):
            return None
        return functools.partial(fused_adam, beta_1=self.beta_1, beta_2=self.beta_2)

    def get_config(self):
        always = self._settings("beta_1", "beta_2", "epsilon", "amsgrad")
        # Keras 2 leaves adaptive_epsilon out and has no lazy: they are stated if they are in use.
        in_use = {name: True for name in ("adaptive_epsilon", "lazy") if getattr(self, name)}
        return {**super().get_config(), **always, **in_use}
