"""AdamW: Adam with decoupled weight decay."""

from tfk.optimizers.adam import Adam
from tfk.saving.registry import register
from tfk.typing import LearningRate
from tfk.utils.checks import describe


@register("optimizers", aliases=("adamw",))
class AdamW(Adam):
    """AdamW: Adam with decoupled weight decay, `w -= learning_rate * weight_decay * w` before each
    step.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        weight_decay: Coefficient of the decay, at least 0. Defaults to 0.004.
        beta_1: Decay rate of the mean of gradients, in [0, 1). Defaults to 0.9.
        beta_2: Decay rate of the mean of squared gradients, in [0, 1). Defaults to 0.999.
        epsilon: Small constant that avoids division by zero, at least 0. Defaults to 1e-07.
        amsgrad: Whether to divide by the largest mean of squares so far. Defaults to False.
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
        name: Name of the optimizer. Defaults to `"AdamW"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: Those of `Adam`: `m`, `v`, and `vhat` with `amsgrad`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Loshchilov and Hutter, 2017, arXiv:1711.05101.
    >>> x = tf.Variable(1.0)
    >>> _ = AdamW(0.1, weight_decay=0.5).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.85
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "AdamW",
        **kwargs,
    ):
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad=amsgrad,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            jit_compile=jit_compile,
            name=name,
            **kwargs,
        )
        if weight_decay is None:
            raise ValueError(f"{describe(self)}: expected weight_decay to be a number, got None.")
