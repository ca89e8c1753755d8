"""Adam: adaptive moment estimation."""

import functools

import tensorflow as tf

from tfk.optimizers.fused_adam import fused_adam
from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def adam_rule(gradient, m, v, largest, rate, beta_1, beta_2, epsilon):
    """Compute one step; return (step, m, v, largest).

    `rate` includes the bias corrections; `largest` is the maximum of past `v`, or None without
    AMSGrad.
    """
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (tf.square(gradient) - v) * (1 - beta_2)
    if largest is not None:
        largest = tf.maximum(largest, v)
    return rate * m / (tf.sqrt(v if largest is None else largest) + epsilon), m, v, largest


def adam_coefficients(rate, step, beta_1, beta_2, epsilon, adaptive_epsilon):
    """Return the scalars of update `step` (counted from 1), in the dtype of `rate`.

    "corrected_rate" and "epsilon" are for `adam_rule`, the others for the fused kernel.
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
    """Adam: adaptive moment estimation, with bias-corrected running means of gradients and their
        squares.

    `m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g**2;
    w -= learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (sqrt(v) + epsilon)`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_1: Decay rate of the mean of gradients, in [0, 1). Defaults to 0.9.
        beta_2: Decay rate of the mean of squared gradients, in [0, 1). Defaults to 0.999.
        epsilon: Small constant that avoids division by zero, at least 0. It is added as in the
            formula above (the "epsilon hat" of the paper), as in Keras 2. Defaults to 1e-07.
        adaptive_epsilon: Whether to add `epsilon` to the bias-corrected root, as in algorithm 1 of
            the paper. Defaults to False.
        amsgrad: Whether to divide by the largest `v` so far. Defaults to False.
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
        name: Name of the optimizer. Defaults to `"Adam"`.
        lazy: Whether a sparse gradient only updates the rows it contains: much faster for large
            embedding tables, but unlike in Keras 2 the means of other rows do not decay. Defaults
            to False.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `m`, `v`, and `vhat` with `amsgrad`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Kingma and Ba, 2014, arXiv:1412.6980; Reddi et al., 2018, On the convergence of Adam and
        beyond.
    >>> x = tf.Variable(1.0)
    >>> _ = Adam(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        adaptive_epsilon: bool = False,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Adam",
        lazy: bool = False,
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

    def coefficients(self, rate: float):
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

    def get_config(self) -> Config:
        always = self._settings("beta_1", "beta_2", "epsilon", "amsgrad")
        # Keras 2 leaves adaptive_epsilon out and has no lazy: only included if in use.
        in_use = {name: True for name in ("adaptive_epsilon", "lazy") if getattr(self, name)}
        return {**super().get_config(), **always, **in_use}
