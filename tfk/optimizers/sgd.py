"""Gradient descent with optional momentum."""

import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def momentum_rule(gradient, momentum, rate, share, nesterov):
    """Return (step, new momentum); `share` is the momentum coefficient."""
    momentum = share * momentum - rate * gradient
    return -(share * momentum - rate * gradient if nesterov else momentum), momentum


@register("optimizers", aliases=("sgd",))
class SGD(RuleOptimizer):
    """Gradient descent: `w -= learning_rate * g`.

    With momentum: `v = momentum * v - learning_rate * g; w += v`.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.01.
        momentum: Momentum coefficient, in [0, 1]. Defaults to 0.0.
        nesterov: Whether to use Nesterov momentum: `w += momentum * v - learning_rate * g`, with
            the new `v`. Defaults to False.
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
        name: Name of the optimizer. Defaults to `"SGD"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `m`, the momentum; it stays zero if `momentum` is 0.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Sutskever et al., 2013, On the importance of initialization and momentum (ICML).
    >>> x = tf.Variable(1.0)
    >>> _ = SGD(0.5).apply_gradients([(tf.constant(1.0), x)])
    >>> float(x)
    0.5
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "SGD",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.momentum = number(self, "momentum", momentum, minimum=0, maximum=1)
        self.nesterov = nesterov

    smallest_fused = 0  # its kernels replace several operations by one, whatever the size

    def slot_blocks(self):
        return (("m",),)

    def variables_in_keras3(self):
        """Return the variables that the optimizer has in Keras 3: momenta only if they are used."""
        variables = super().variables_in_keras3()
        return variables if self.momentum else variables[: len(variables) - len(self._index_dict)]

    @property
    def grouped(self):
        return self.momentum != 0

    @property
    def rows_only(self):
        return self.momentum == 0

    def slots_of(self, variable):
        return super().slots_of(variable) if self.momentum else ()

    def rule(self, gradient, slots, rate: float):
        if not self.momentum:
            return rate * gradient, []
        step, momentum = momentum_rule(gradient, *slots, rate, self.momentum, self.nesterov)
        return step, [momentum]

    def fused(self, variable, gradient, slots, rate: float):
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
        # Without momentum the updates of repeated rows simply add up.
        variable.scatter_sub(tf.IndexedSlices(rate * gradient.values, gradient.indices))

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("momentum", "nesterov")}
