"""Counters of the model as plain numbers, including copies kept by a distribution strategy."""

import tensorflow as tf


def batches_done(model, mode):
    """Return the number of completed batches of the current run.

    Args:
        model: The model.
        mode: `"train"`, `"test"` or `"predict"`.
    """
    return to_int(getattr(model, f"_{mode}_counter"))


def to_int(variable):
    """Return the value of an integer variable."""
    return int(tf.convert_to_tensor(variable))
