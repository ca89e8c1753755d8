"""The `trainable` flags when `compile` was called: later changes take effect at the next
`compile`.
"""

import contextlib

from tfk.utils.versions import note_change


def trainable_state(model):
    """Return the `trainable` flags of the model and every layer in it, as pairs."""
    return [(layer, layer._trainable) for layer in model._flatten_layers()]


@contextlib.contextmanager
def as_compiled(model):
    """Context in which the layers have the flags they had when `compile` was called."""
    state = model._trainable_state or ()
    changed = [(layer, flag) for layer, flag in state if layer._trainable != flag]
    before = [(layer, layer._trainable) for layer, _ in changed]
    _set(changed)
    try:
        yield
    finally:
        # A callback may have set one since, and compiled the model again.
        _set([pair for pair, (layer, flag) in zip(before, changed) if layer._trainable == flag])


def _set(state):
    for layer, trainable in state:
        layer._trainable = trainable
    if state:
        note_change()
