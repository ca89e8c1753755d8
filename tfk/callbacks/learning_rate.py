"""Access to the learning rate of a model's optimizer."""

import warnings

import tensorflow as tf

from tfk.utils.variables import as_array


def read_learning_rate(model):
    """Return the current learning rate of the optimizer of `model` as a NumPy float."""
    optimizer = _optimizer_of(model)
    return as_array(getattr(optimizer, _rate_name(optimizer)))[()]


def write_learning_rate(model, value):
    """Set the learning rate of the optimizer of `model` from the next step on, without retracing.

    An optimizer with a schedule keeps following it.
    """
    optimizer = _optimizer_of(model)
    if not _follows_schedule(optimizer):
        if _rate_name(optimizer) == "learning_rate":
            optimizer.learning_rate = value
        else:
            optimizer.lr.assign(value)


def check_learning_rate(callback):
    """Warn, before training starts, that a callback cannot change the rate of a schedule.

    Raises: ValueError if the optimizer has no learning rate.
    """
    optimizer = _optimizer_of(callback.model)
    if _follows_schedule(optimizer):
        warnings.warn(
            f"{type(callback).__name__} has no effect: the learning rate of"
            f" {type(optimizer).__name__} follows {type(optimizer._learning_rate).__name__}."
            " Create the optimizer with a number as learning_rate, or leave out the callback."
        )


def _follows_schedule(optimizer):
    rate = getattr(optimizer, "_learning_rate", None)
    return rate is not None and not isinstance(rate, tf.Variable)


def _rate_name(optimizer):
    """The attribute with the learning rate; classes of users may have the old one alone."""
    return "learning_rate" if hasattr(optimizer, "learning_rate") else "lr"


def _optimizer_of(model):
    optimizer = getattr(model, "optimizer", None)
    if not hasattr(optimizer, _rate_name(optimizer)):
        raise ValueError(
            "expected a model compiled with an optimizer that has a learning_rate, "
            f"got the optimizer {optimizer!r}."
        )
    return optimizer
