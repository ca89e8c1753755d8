"""`fit(dry_run=True)`."""

import tensorflow as tf

from tfk.callbacks.callback_list import CallbackList
from tfk.callbacks.rehearsal import Rehearsal
from tfk.engine.training.fit import fit as fit_model


def fit(model, callbacks, initial_epoch, **arguments):
    """Run one batch of training and of validation, restore the model, and return their
    `History`.
    """
    given = (
        callbacks.callbacks
        if isinstance(callbacks, CallbackList)
        else tf.nest.flatten(callbacks or [])
    )
    before = model.history
    arguments.update(
        callbacks=Rehearsal(given).taking_part,
        initial_epoch=initial_epoch,
        epochs=initial_epoch + 1,
        validation_steps=1,
        validation_freq=1,
    )
    try:
        return fit_model(model, **arguments)
    finally:
        model.history = before
