"""Conversion of optimizers to those from before Keras 2.11."""

from tfk.optimizers import legacy
from tfk.optimizers.optimizer import Optimizer
from tfk.saving import registry
from tfk.utils.checks import describe

# Arguments with another name, or none, in legacy optimizers.
_DROPPED = (
    "weight_decay use_ema ema_momentum ema_overwrite_frequency jit_compile is_legacy_optimizer"
    " gradient_accumulation_steps learning_rate_multipliers lazy"
).split()


def convert_to_legacy_optimizer(optimizer):
    """Return the optimizer of the same name in `optimizers.legacy`, with the same arguments.

    Args:
        optimizer: A Keras 2 optimizer; one from `optimizers.legacy` is returned unchanged.
    Raises: ValueError for anything else, or if there is no such class.
    """
    if isinstance(optimizer, legacy.Optimizer):
        return optimizer
    if not isinstance(optimizer, Optimizer):
        raise ValueError(
            f"convert_to_legacy_optimizer: expected a Keras optimizer, got {optimizer!r}."
        )
    cls = registry.built_ins("optimizers.legacy").get(type(optimizer).__name__)
    if cls is None:
        raise ValueError(
            f"{describe(optimizer)}: optimizers.legacy has no {type(optimizer).__name__}."
        )
    config = optimizer.get_config()
    return cls.from_config({k: v for k, v in config.items() if k not in _DROPPED})
