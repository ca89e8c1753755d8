"""Reading and setting the learning rate of a model's optimizer."""

import numpy as np


def read_learning_rate(model):
    """The learning rate the optimizer of `model` uses now, as a NumPy float."""
    return np.asarray(_optimizer_of(model).learning_rate)[()]


def write_learning_rate(model, value):
    """Gives the optimizer of `model` another learning rate, from the next step on and without a new
    trace.
    """
    _optimizer_of(model).learning_rate = value


def _optimizer_of(model):
    optimizer = getattr(model, "optimizer", None)
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(
            "expected a model compiled with an optimizer that has a learning_rate, "
            f"got the optimizer {optimizer!r}."
        )
    return optimizer
