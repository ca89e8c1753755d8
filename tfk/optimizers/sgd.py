"""Gradient descent, with momentum if wanted."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register


def momentum_rule(gradient, momentum, rate, share, nesterov):
    """`momentum` is the last change, of which the `share` is repeated; returns (step, new
    momentum).
    """
    momentum = share * momentum - rate * gradient
    return -(share * momentum - rate * gradient if nesterov else momentum), momentum


@register("optimizers", aliases=("sgd",))
class SGD(RuleOptimizer):
    """Gradient descent: `w -= learning_rate * g`, or with momentum `v = momentum * v -
    learning_rate * g; w += v`.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a function without
            arguments.
        momentum: Share of the last change that is repeated, in [0, 1].
        nesterov: True looks ahead: `w += momentum * v - learning_rate * g`, with the new `v`.
        weight_decay: See `Optimizer`, as for the arguments that follow.
    Slots: `m`, the momentum; stays zero where `momentum` is 0.
    Raises: ValueError for settings out of range.
    Source: Sutskever et al., 2013, On the importance of initialization and momentum (ICML).
    >>> x = tf.Variable(1.0)
    >>> _ = SGD(0.5).apply_gradients([(tf.constant(1.0), x)])
    >>> float(x)
    0.5
    """

    def __init__(
        self,
        learning_rate=0.01,
        momentum=0.0,
        nesterov=False,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        jit_compile=True,
        name="SGD",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.momentum = number(self, "momentum", momentum, minimum=0, maximum=1)
        self.nesterov = nesterov

    smallest_fused = 0  # its kernels replace several operations by one at any size

    def slot_blocks(self):
        return (("m",),)

    @property
    def grouped(self):
        return self.momentum != 0

    @property
    def rows_only(self):
        return self.momentum == 0

    def slots_of(self, variable):
        return super().slots_of(variable) if self.momentum else ()

    def rule(self, gradient, slots, rate):
        if not self.momentum:
            return rate * gradient, []
        step, momentum = momentum_rule(gradient, *slots, rate, self.momentum, self.nesterov)
        return step, [momentum]

    def fused(self, variable, gradient, slots, rate):
        if not self.momentum:
            tf.raw_ops.ResourceApplyGradientDescent(var=variable.handle, alpha=rate, delta=gradient)
            return
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=slots[0].handle,
            lr=rate,
            grad=gradient,
            momentum=self.momentum,
            use_nesterov=bool(self.nesterov),
        )

    def step_rows(self, variable, gradient, slots, rate):
        # Without momentum the changes of repeated rows just add up.
        variable.scatter_sub(tf.IndexedSlices(rate * gradient.values, gradient.indices))

    def get_config(self):
        return {**super().get_config(), **self._settings("momentum", "nesterov")}
