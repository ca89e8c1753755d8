"""Adadelta: steps in the units of the values, from running means of squares."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer, fits_kernel
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register


def adadelta_rule(gradient, squares, changes, rate, rho, epsilon):
    """`squares` and `changes` are running means of squared gradients and steps; returns (step,
    both).
    """
    squares = rho * squares + (1 - rho) * gradient * gradient
    step = tf.sqrt(changes + epsilon) * gradient / tf.sqrt(squares + epsilon)
    return rate * step, squares, rho * changes + (1 - rho) * step * step


@register("optimizers", aliases=("adadelta",))
class Adadelta(RuleOptimizer):
    """Gradients scaled by the ratio of the usual size of steps to the usual size of gradients.

    `s = rho * s + (1 - rho) * g**2; d = sqrt(c + epsilon) / sqrt(s + epsilon) * g;
    c = rho * c + (1 - rho) * d**2; w -= learning_rate * d`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments; 1.0 gives the rule of the paper.
        rho: Weight of the past in the running means, in [0, 1].
        epsilon: Small number that lets the first steps begin, at least 0.
        weight_decay: See `Optimizer`, as for the arguments that follow.
    Slots: `accumulated_grad`, `accumulated_delta_var`.
    Raises: ValueError for settings out of range.
    Source: Zeiler, 2012, arXiv:1212.5701.
    >>> x = tf.Variable(1.0)
    >>> _ = Adadelta(1.0, rho=0.0, epsilon=0.01).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 2)
    0.9
    """

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.95,
        epsilon=1e-7,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="Adadelta",
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

    def rule(self, gradient, slots, rate):
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

    def get_config(self):
        return {**super().get_config(), **self._settings("rho", "epsilon")}
