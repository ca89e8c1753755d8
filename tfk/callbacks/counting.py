"""Counters of the model as plain numbers, also where a distribution strategy keeps copies of
them.
"""

import tensorflow as tf


def batches_done(model, mode):
    """How many batches of the current run are done.

    Args:
        model: The model.
        mode: `"train"`, `"test"` or `"predict"`.
    """
    return to_int(getattr(model, f"_{mode}_counter"))


def to_int(variable):
    """The value of a variable of one integer."""
    return int(tf.convert_to_tensor(variable))
