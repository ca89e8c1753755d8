"""FTRL-proximal: online learning of sparse linear models."""

import tensorflow as tf

from tfk.optimizers.gradients import densify
from tfk.optimizers.rule_optimizer import RuleOptimizer
from tfk.optimizers.settings import number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate


def ftrl_rule(gradient, value, accumulator, linear, rate, power, l1, l2, l2_shrinkage):
    """Return (value, accumulator, linear); `power` is the learning rate power."""
    squares = accumulator + tf.square(gradient)
    change = (tf.pow(squares, -power) - tf.pow(accumulator, -power)) / rate
    linear = linear + (gradient + 2 * l2_shrinkage * value - change * value)
    quadratic = tf.pow(squares, -power) / rate + 2 * l2
    return (tf.clip_by_value(linear, -l1, l1) - linear) / quadratic, squares, linear


@register("optimizers", aliases=("ftrl",))
class Ftrl(RuleOptimizer):
    """Follow-the-regularized-leader, with L1 regularization that produces exact zeros.

    `n' = n + g**2; z += g + 2 * l2_shrinkage * w - (n'**-p - n**-p) / learning_rate * w;
    w = (clip(z, -l1, l1) - z) / (n'**-p / learning_rate + 2 * l2 + beta / learning_rate); n = n'`,
    where `p` is `learning_rate_power`.

    Args:
        learning_rate: A number above 0, a `LearningRateSchedule`, or a callable without arguments.
            Defaults to 0.001.
        learning_rate_power: Exponent of the accumulator in the learning rate, at most 0; 0 keeps
            the rate constant. Defaults to -0.5.
        initial_accumulator_value: Initial value of `n`, at least 0. Defaults to 0.1.
        l1_regularization_strength: L1 regularization, at least 0. Defaults to 0.0.
        l2_regularization_strength: L2 regularization (stabilization), at least 0. Defaults to 0.0.
        l2_shrinkage_regularization_strength: L2 penalty on the magnitude of the values, at least 0.
            Defaults to 0.0.
        beta: Smoothing of the learning rate, at least 0. Defaults to 0.0.
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
        name: Name of the optimizer. Defaults to `"Ftrl"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `accumulator`, `linear`.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: McMahan et al., 2013, Ad click prediction: a view from the trenches (KDD).
    >>> x = tf.Variable(0.0)
    >>> optimizer = Ftrl(0.1, initial_accumulator_value=0.0)
    >>> _ = optimizer.apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    -0.1
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        jit_compile: bool | None = True,
        name: str = "Ftrl",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.learning_rate_power = number(
            self, "learning_rate_power", learning_rate_power, maximum=0
        )
        for argument, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
            ("beta", beta),
        ):
            setattr(self, argument, number(self, argument, value, minimum=0))

    @property
    def grouped(self):
        return False  # the rule needs the values themselves, which are not kept together

    def slot_blocks(self):
        return (("accumulator", "linear"),)

    def slot_start(self, name: str):
        return self.initial_accumulator_value if name == "accumulator" else 0.0

    def _step_one(self, variable, gradient, rate):
        slots = self.slots_of(variable)
        value, *values = ftrl_rule(
            densify(gradient, variable),
            tf.convert_to_tensor(variable),
            *(tf.convert_to_tensor(slot) for slot in slots),
            rate,
            self.learning_rate_power,
            self.l1_regularization_strength,
            self.l2_regularization_strength + self.beta / (2 * rate),
            self.l2_shrinkage_regularization_strength,
        )
        variable.assign(value, read_value=False)
        for slot, value in zip(slots, values):
            slot.assign(value, read_value=False)

    def get_config(self) -> Config:
        settings = self._settings(
            "learning_rate_power",
            "initial_accumulator_value",
            "l1_regularization_strength",
            "l2_regularization_strength",
            "l2_shrinkage_regularization_strength",
            "beta",
        )
        return {**super().get_config(), **settings}
