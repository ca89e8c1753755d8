"""Lion: steps of one size, in the direction of a running mean."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register
from tfk.utils.checks import describe


def lion_rule(gradient, m, rate, beta_1, beta_2):
    """Returns (step, m)."""
    step = rate * tf.sign(beta_1 * m + (1 - beta_1) * gradient)
    return step, beta_2 * m + (1 - beta_2) * gradient


@register("optimizers", aliases=("lion",))
class Lion(RuleOptimizer):
    """Moves every value by the learning rate: `w -= learning_rate * sign(beta_1 * m + (1 - beta_1)
    * g)`.

    Then `m = beta_2 * m + (1 - beta_2) * g`. A third to a tenth of Adam's learning rate is usual.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        beta_1: Weight of the past in the direction of a step, in (0, 1].
        beta_2: Weight of the past in the running mean, in [0, 1].
        weight_decay: See `Optimizer`, as for the arguments that follow.
    Slots: `m`.
    Raises: ValueError for settings out of range.
    Source: Chen et al., 2023, arXiv:2302.06675.
    >>> x = tf.Variable(1.0)
    >>> _ = Lion(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate=0.0001,
        beta_1=0.9,
        beta_2=0.99,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Lion",
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

    def rule(self, gradient, slots, rate):
        step, m = lion_rule(gradient, *slots, rate, self.beta_1, self.beta_2)
        return step, [m]

    def get_config(self):
        return {**super().get_config(), **self._settings("beta_1", "beta_2")}
