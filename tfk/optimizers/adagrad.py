"""Adagrad: gradients divided by the root of the sum of all past squares."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register


def adagrad_rule(gradient, accumulator, rate, epsilon):
    """Returns (step, accumulator)."""
    accumulator = accumulator + gradient * gradient
    return rate * gradient / tf.sqrt(accumulator + epsilon), accumulator


@register("optimizers", aliases=("adagrad",))
class Adagrad(RuleOptimizer):
    """Steps that get smaller the more a value has moved: `a += g**2; w -= learning_rate * g /
    sqrt(a + epsilon)`.

    Sparse gradients touch only the rows they name, which is exact here.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        initial_accumulator_value: First value of the sums, at least 0.
        epsilon: Small number that keeps the division finite, at least 0.
        weight_decay: See `Optimizer`, as for the arguments that follow.
    Slots: `accumulator`.
    Raises: ValueError for settings out of range.
    Source: Duchi et al., 2011, Adaptive subgradient methods (JMLR 12).
    >>> x = tf.Variable(1.0)
    >>> _ = Adagrad(0.1, initial_accumulator_value=0.0).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
        epsilon=1e-7,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Adagrad",
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

    def slot_start(self, name):
        return self.initial_accumulator_value

    @property
    def rows_only(self):
        return True

    def rule(self, gradient, slots, rate):
        step, accumulator = adagrad_rule(gradient, *slots, rate, self.epsilon)
        return step, [accumulator]

    def get_config(self):
        return {**super().get_config(), **self._settings("initial_accumulator_value", "epsilon")}
