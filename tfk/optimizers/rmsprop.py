"""RMSprop: gradients divided by a running root mean square."""

import tensorflow as tf

from tfk.optimizers.decaying_slot import DecayingSlot
from tfk.optimizers.flat_group import FLAT_LIMIT
from tfk.optimizers.gradients import densify, sum_repeated_rows
from tfk.optimizers.rule_optimizer import RuleOptimizer, names_many_rows
from tfk.optimizers.settings import number, small_number
from tfk.saving.registry import register
from tfk.typing import Config, LearningRate
from tfk.utils.tensorflow_internals import untracked


def rmsprop_rule(gradient, velocity, average, rate, rho, epsilon):
    """Return (step, velocity, average); `average` is the mean of gradients, None if not
    centered.
    """
    velocity = rho * velocity + (1 - rho) * tf.square(gradient)
    variance = velocity
    if average is not None:
        average = rho * average + (1 - rho) * gradient
        variance = velocity - tf.square(average)
    return rate * gradient * tf.math.rsqrt(variance + epsilon), velocity, average


@register("optimizers", aliases=("rmsprop",))
class RMSprop(RuleOptimizer):
    """RMSprop: divides gradients by the root of a running mean of their squares.

    `v = rho * v + (1 - rho) * g**2; w -= learning_rate * g / sqrt(v + epsilon)`; with momentum the
    steps accumulate first: `m = momentum * m + step; w -= m`.

    Args:
        learning_rate: A number of at least 0, a `LearningRateSchedule`, or a callable without
            arguments. Defaults to 0.001.
        rho: Decay rate of the running means, in [0, 1]. Defaults to 0.9.
        momentum: Momentum coefficient, in [0, 1]. Defaults to 0.0.
        epsilon: Small constant that avoids division by zero, at least 0. Defaults to 1e-07.
        centered: Whether to subtract the squared mean gradient, so that `v` estimates the variance.
            Defaults to False.
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
            averages; None only does so at the end of `fit`. Defaults to 100.
        jit_compile: Whether to compile the update rule with XLA on a GPU; ignored elsewhere.
            Defaults to True.
        name: Name of the optimizer. Defaults to `"RMSprop"`.
        **kwargs: `gradient_accumulation_steps`, `learning_rate_multipliers`, and the older `lr` and
            `decay`; see `Optimizer`.
    Slots: `velocity`; `momentum` if it is not 0; `average_gradient` if centered.
    Raises: ValueError or TypeError if an argument is invalid.
    Source: Hinton, 2012, Neural networks for machine learning, lecture 6e; Graves, 2013,
        arXiv:1308.0850, for the centered form.
    >>> x = tf.Variable(1.0)
    >>> _ = RMSprop(0.1, rho=0.0).apply_gradients([(tf.constant(5.0), x)])
    >>> round(float(x), 4)
    0.9
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = 100,
        jit_compile: bool | None = True,
        name: str = "RMSprop",
        **kwargs,
    ):
        super().__init__(
            name, weight_decay, clipnorm, clipvalue, global_clipnorm,
            use_ema, ema_momentum, ema_overwrite_frequency, jit_compile, **kwargs,
        )  # fmt: skip
        self._learning_rate = self._build_learning_rate(learning_rate)
        self.rho = number(self, "rho", rho, minimum=0, maximum=1)
        self.momentum = number(self, "momentum", momentum, minimum=0, maximum=1)
        self.epsilon = small_number(self, epsilon)
        self.centered = centered

    def slot_blocks(self):
        optional = (("momentum", self.momentum > 0), ("average_gradient", self.centered))
        return (("velocity",), *((name,) for name, used in optional if used))

    @property
    def rows_only(self):
        return not self.momentum and not self.centered

    def build(self, var_list):
        if not self._index_dict:
            self._tables = untracked(self, {})  # place -> DecayingSlot
        super().build(var_list)

    def _new_slot(self, variable, name, start, place, group):
        shape = variable.shape
        table = shape.is_fully_defined() and shape.rank >= 2 and shape.num_elements() >= FLAT_LIMIT
        if not table or not self.rows_only:
            return super()._new_slot(variable, name, start, place, group)
        stored = self._accompany(variable, "stored_velocity")
        touched = self._accompany(variable, "touched", shape[:1], dtype=tf.int64)
        updates = self._accompany(variable, "updates", (), dtype=tf.int64)
        self._hidden += [stored, touched, updates]
        path = self._slot_path(variable, name)
        self._tables[place] = DecayingSlot(path, stored, touched, updates, self.rho)
        self._variables.append(self._tables[place])
        return stored

    def _step_one(self, variable, gradient, rate):
        table = self._tables.get(self.index_of(variable))
        if table is None:  # too small to keep rows apart, or with slots that every update moves
            return super()._step_one(variable, densify(gradient, variable), rate)
        sparse = isinstance(gradient, tf.IndexedSlices)
        if table.by_rows is None:
            table.by_rows = sparse and not names_many_rows(gradient, variable)
        if not table.by_rows:
            return super()._step_one(variable, densify(gradient, variable), rate)
        if sparse:
            return self.step_rows(variable, gradient, (table,), rate)
        table.settle()
        super()._step_one(variable, gradient, rate)
        table.finish_dense_update()

    def step_rows(self, variable, gradient, slots, rate):
        gradient, (table,) = sum_repeated_rows(gradient), slots
        rows = gradient.indices
        step, (velocity,) = self._rule(gradient.values, [table.rows(rows)], rate)
        table.finish_update(rows, velocity)
        variable.scatter_sub(tf.IndexedSlices(step, rows))

    def rule(self, gradient, slots, rate: float):
        slots = iter(slots)
        velocity = next(slots)
        momentum = next(slots) if self.momentum else None
        average = next(slots) if self.centered else None
        step, velocity, average = rmsprop_rule(
            gradient, velocity, average, rate, self.rho, self.epsilon
        )
        if momentum is not None:
            step = momentum = self.momentum * momentum + step
        return step, [slot for slot in (velocity, momentum, average) if slot is not None]

    def get_config(self) -> Config:
        return {**super().get_config(), **self._settings("rho", "momentum", "epsilon", "centered")}
