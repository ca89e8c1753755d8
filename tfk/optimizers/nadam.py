"""Nadam: Adam with Nesterov momentum."""

import numpy as np
import tensorflow as tf

from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate

TABLE_END = 2**13  # updates; all further factors are 1 for every momentum_decay in use


def nadam_rule(gradient, m, v, now, beta_1, beta_2, epsilon):
    """Compute one step; return (step, m, v). `now` holds the weights from `Nadam.coefficients`."""
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (tf.square(gradient) - v) * (1 - beta_2)
    ahead = now["weight_of_mean"] * m + now["weight_of_gradient"] * gradient
    return now["rate"] * ahead / (tf.sqrt(v / now["correction"]) + epsilon), m, v


@register("optimizers", aliases=("nadam",))
class Nadam(RuleOptimizer):
    """Nadam: Adam with Nesterov momentum.

    With `u_t = beta_1 * (1 - 0.5 * 0.96**t)` and `p_t = u_1 * ... * u_t`:
    `m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g**2;
    a = u_{t+1} * m / (1 - p_{t+1}) + (1 - u_t) * g / (1 - p_t);
    w -= learning_rate * a / (sqrt(v / (1 - beta_2**t)) + epsilon)`

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        beta_1: Decay rate of the mean of gradients, in [0, 1). Defaults to 0.9.
        beta_2: Decay rate of the mean of squared gradients, in [0, 1). Defaults to 0.999.
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
        name: Name of the optimizer. Defaults to `"Nadam"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `m`, `v`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Dozat, 2016, Incorporating Nesterov momentum into Adam (ICLR workshop).
    >>> x = tf.Variable(1.0)
    >>> _ = Nadam(0.1).apply_gradients([(tf.constant(5.0), x)])
    >>> bool(x < 0.95)
    True
    """

    momentum_decay = 0.96

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
        name: str = "Nadam",
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
        return (("m", "v"),)

    def build(self, var_list):
        built = getattr(self, "_built", False)
        super().build(var_list)
        if not built:
            # Keras 2 needs the product p_t in its checkpoints; here it follows from the number of
            # updates.
            self._u_product = tf.Variable(1.0, dtype=var_list[0].dtype, trainable=False)

    def variables_in_keras3(self):
        """Return the variables of the optimizer in Keras 3, the product of momenta included."""
        return [*super().variables_in_keras3(), self._u_product]

    def _product(self, step):
        """Return `p_t` of the class docstring."""
        table = np.cumprod(1 - 0.5 * np.float64(self.momentum_decay) ** np.arange(1, TABLE_END))
        place = tf.minimum(tf.cast(step, tf.int32), TABLE_END - 1) - 1
        factors = tf.gather(tf.constant(table, step.dtype), place)
        return tf.pow(tf.cast(self.beta_1, step.dtype), step) * factors

    def coefficients(self, rate: float):
        dtype = rate.dtype
        step = tf.cast(self._iterations + 1, dtype)
        beta_1, beta_2 = tf.cast(self.beta_1, dtype), tf.cast(self.beta_2, dtype)
        decay = tf.cast(self.momentum_decay, dtype)
        u = beta_1 * (1 - 0.5 * tf.pow(decay, step))
        u_next = beta_1 * (1 - 0.5 * tf.pow(decay, step + 1))
        product = self._product(step)
        return {
            "rate": rate,
            "weight_of_mean": u_next / (1 - product * u_next),
            "weight_of_gradient": (1 - u) / (1 - product),
            "correction": 1 - tf.pow(beta_2, step),
        }

    def _update_variables(self, strategy, pairs):
        super()._update_variables(strategy, pairs)
        self._u_product.assign(self._product(tf.cast(self._iterations + 1, self._u_product.dtype)))

    def rule(self, gradient, slots, now):
        # As tensors, because Keras 2 takes `1 - beta` in the dtype of the variable here.
        beta_1, beta_2 = tf.cast(self.beta_1, gradient.dtype), tf.cast(self.beta_2, gradient.dtype)
        step, *slots = nadam_rule(gradient, *slots, now, beta_1, beta_2, self.epsilon)
        return step, slots

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("beta_1", "beta_2", "epsilon")}
