"""Adagrad: adaptive learning rates from the sum of past squared gradients."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def adagrad_rule(gradient, accumulator, rate, epsilon):
    """Return (step, accumulator)."""
    accumulator = accumulator + gradient * gradient
    return rate * gradient / tf.sqrt(accumulator + epsilon), accumulator


@register("optimizers", aliases=("adagrad",))
class Adagrad(RuleOptimizer):
    """Adagrad: `a += g**2; w -= learning_rate * g / sqrt(a + epsilon)`.

    Sparse gradients only update the rows they contain, which is exact here.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        initial_accumulator_value: Initial value of the accumulators, at least 0. Defaults to 0.1.
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
        name: Name of the optimizer. Defaults to `"Adagrad"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `accumulator`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Duchi et al., 2011, Adaptive subgradient methods (JMLR 12).
    >>> x = tf.Variable(1.0)
    >>> _ = Adagrad(0.1, initial_accumulator_value=0.0).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Adagrad",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.initial_accumulator_value = number(
            self, "initial_accumulator_value", initial_accumulator_value, minimum=0
        )
        self.epsilon = small_number(self, epsilon)

    def slot_blocks(self):
        return (("accumulator",),)

    def slot_start(self, name: str):
        return self.initial_accumulator_value

    @property
    def rows_only(self):
        return True

    def rule(self, gradient, slots, rate: float):
        step, accumulator = adagrad_rule(gradient, *slots, rate, self.epsilon)
        return step, [accumulator]

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("initial_accumulator_value", "epsilon")}
