"""Adadelta: adaptive learning rates from running means of squared gradients and updates."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def adadelta_rule(gradient, squares, changes, rate, rho, epsilon):
    """Return (step, squares, changes), where the latter are running means of squared gradients and
    steps.
    """
    squares = rho * squares + (1 - rho) * gradient * gradient
    step = tf.sqrt(changes + epsilon) * gradient / tf.sqrt(squares + epsilon)
    return rate * step, squares, rho * changes + (1 - rho) * step * step


@register("optimizers", aliases=("adadelta",))
class Adadelta(RuleOptimizer):
    """Adadelta: scales gradients by the ratio of typical step size to typical gradient size.

    `s = rho * s + (1 - rho) * g**2; d = sqrt(c + epsilon) / sqrt(s + epsilon) * g;
    c = rho * c + (1 - rho) * d**2; w -= learning_rate * d`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments; 1.0 matches the paper. Defaults to 0.001.
        rho: Decay rate of the running means, in [0, 1]. Defaults to 0.95.
        epsilon: Small constant, at least 0, without which the first steps would be zero. Defaults
            to 1e-07.
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
        name: Name of the optimizer. Defaults to `"Adadelta"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `accumulated_grad`, `accumulated_delta_var`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Zeiler, 2012, arXiv:1212.5701.
    >>> x = tf.Variable(1.0)
    >>> _ = Adadelta(1.0, rho=0.0, epsilon=0.01).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 2)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Adadelta",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.rho = number(self, "rho", rho, minimum=0, maximum=1)
        self.epsilon = small_number(self, epsilon)

    def slot_blocks(self):
        return (("accumulated_grad", "accumulated_delta_var"),)

    def rule(self, gradient, slots, rate: float):
        step, *slots = adadelta_rule(gradient, *slots, rate, self.rho, self.epsilon)
        return step, slots

    @property
    def fused(self):
        return self._call_kernel if fits_kernel(self.rho) else None

    def _call_kernel(self, variable, gradient, slots, rate):
        tf.raw_ops.ResourceApplyAdadelta(
            var=variable.handle,
            accum=slots[0].handle,
            accum_update=slots[1].handle,
            lr=rate,
            rho=self.rho,
            epsilon=self.epsilon,
            grad=gradient,
        )

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("rho", "epsilon")}
