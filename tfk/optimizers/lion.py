"""Lion: sign updates of a running mean of gradients."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate
from tfk.utils.checks import describe


def lion_rule(gradient, m, rate, beta_1, beta_2):
    """Return (step, m)."""
    step = rate * tf.sign(beta_1 * m + (1 - beta_1) * gradient)
    return step, beta_2 * m + (1 - beta_2) * gradient


@register("optimizers", aliases=("lion",))
class Lion(RuleOptimizer):
    """Lion: `w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g)`.

    Then `m = beta_2 * m + (1 - beta_2) * g`. Typical learning rates are a third to a tenth of
    Adam's.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.0001.
        beta_1: Weight of the running mean in the step direction, in (0, 1]. Defaults to 0.9.
        beta_2: Decay rate of the running mean, in [0, 1]. Defaults to 0.99.
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
        name: Name of the optimizer. Defaults to `"Lion"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `m`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Chen et al., 2023, arXiv:2302.06675.
    >>> x = tf.Variable(1.0)
    >>> _ = Lion(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.0001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Lion",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        if number(self, "beta_1", beta_1, minimum=0, maximum=1) == 0:
            raise ValueError(f"{describe(self)}: expected beta_1 to be above 0, got {beta_1!r}.")
        self.beta_1 = beta_1
        self.beta_2 = number(self, "beta_2", beta_2, minimum=0, maximum=1)

    def slot_blocks(self):
        return (("m",),)

    def rule(self, gradient, slots, rate: float):
        step, m = lion_rule(gradient, *slots, rate, self.beta_1, self.beta_2)
        return step, [m]

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("beta_1", "beta_2")}
