"""Adamax: Adam with an infinity norm in place of the second moment."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def adamax_rule(gradient, m, u, rate, beta_1, beta_2, epsilon):
    """Compute one step; return (step, m, u). `rate` includes the bias correction."""
    m = m + (gradient - m) * (1 - beta_1)
    u = tf.maximum(beta_2 * u, tf.abs(gradient))
    return rate * m / (u + epsilon), m, u


@register("optimizers", aliases=("adamax",))
class Adamax(RuleOptimizer):
    """Adamax: a variant of Adam based on a decaying maximum of gradient magnitudes.

    `m = beta_1 * m + (1 - beta_1) * g; u = max(beta_2 * u, |g|);
    w -= learning_rate / (1 - beta_1**t) * m / (u + epsilon)`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_1: Decay rate of the mean of gradients, in [0, 1). Defaults to 0.9.
        beta_2: Decay rate of the maximum, in [0, 1). Defaults to 0.999.
        epsilon: Small constant that avoids division by zero, at least 0. Defaults to 1e-07.
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
        name: Name of the optimizer. Defaults to `"Adamax"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `m`, `u`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Kingma and Ba, 2014, arXiv:1412.6980, section 7.1.
    >>> x = tf.Variable(1.0)
    >>> _ = Adamax(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Adamax",
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

    def slot_blocks(self):
        return (("m", "u"),)

    def coefficients(self, rate: float):
        step = tf.cast(self._iterations + 1, rate.dtype)
        return rate / (1 - tf.pow(tf.cast(self.beta_1, rate.dtype), step))

    def rule(self, gradient, slots, rate: float):
        step, *slots = adamax_rule(gradient, *slots, rate, self.beta_1, self.beta_2, self.epsilon)
        return step, slots

    @property
    def fused(self):
        return self._call_kernel if fits_kernel(self.beta_1) else None

    def _call_kernel(self, variable, gradient, slots, rate):
        tf.raw_ops.ResourceApplyAdaMax(
            var=variable.handle,
            m=slots[0].handle,
            v=slots[1].handle,
            beta1_power=0.0,  # the bias correction is in the rate
            lr=rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("beta_1", "beta_2", "epsilon")}
