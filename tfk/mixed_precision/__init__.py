"""Mixed precision: half-precision computation with full-precision weights."""

from tfk.mixed_precision.policy import (
    Policy,
    get_policy,
    global_policy,
    policy_scope,
    serialize_policy,
    set_global_policy,
)
