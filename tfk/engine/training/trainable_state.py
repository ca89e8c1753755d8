"""Which layers were trainable when `compile` was called: later changes count from the next
`compile` on.
"""

import contextlib


def trainable_state(model):
    """The `trainable` switch of the model and every layer in it, as pairs."""
    return [(layer, layer.__dict__.get("_trainable", True)) for layer in model._flatten_layers()]


@contextlib.contextmanager
def as_compiled(model):
    """Context in which the layers that `compile` saw have the switches they had then."""
    now = trainable_state(model)
    _set(model._trainable_state or ())
    try:
        yield
    finally:
        _set(now)


def _set(state):
    for layer, trainable in state:
        layer.__dict__["_trainable"] = trainable
