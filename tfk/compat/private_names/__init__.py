"""Private attributes and methods of Keras 2's classes that packages read or call.

One module per class. `NAMES` holds what the class gets while `install()` is in force, each with the
packages that need it; the classes themselves know nothing of it.
"""

from tfk.compat.private_names import (
    base_conv,
    batch_normalization,
    compiled_loss,
    compiled_metrics,
    layer,
    legacy_optimizer,
    lstm_cell,
    model,
    model_checkpoint,
    multi_head_attention,
    rnn,
)

MODULES = (
    base_conv,
    batch_normalization,
    compiled_loss,
    compiled_metrics,
    layer,
    legacy_optimizer,
    lstm_cell,
    model,
    model_checkpoint,
    multi_head_attention,
    rnn,
)


_before = []  # (class, name, what it was) of the names that were replaced
_MISSING = object()


def attach():
    """Add the private names to the classes."""
    for module in MODULES:
        for name, (value, _users) in module.NAMES.items():
            _before.append((module.CLASS, name, vars(module.CLASS).get(name, _MISSING)))
            setattr(module.CLASS, name, value)


def detach():
    """Remove the private names."""
    while _before:
        cls, name, value = _before.pop()
        if value is _MISSING:
            delattr(cls, name)
        else:
            setattr(cls, name, value)
