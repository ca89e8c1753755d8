"""Mixed precision: half-precision computation with full-precision weights."""

from typing import TYPE_CHECKING

from tfk.mixed_precision.policy import (
    Policy,
    get_policy,
    global_policy,
    policy_scope,
    serialize_policy,
    set_global_policy,
)

# Defined above this module, which `tfk` adds it to; imported here for type checkers.
if TYPE_CHECKING:
    from tfk.optimizers.loss_scale import LossScaleOptimizer
