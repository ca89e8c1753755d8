"""`fit(dry_run=True)`."""

import dataclasses

import tensorflow as tf

from tfk.callbacks.callback_list import CallbackList
from tfk.callbacks.rehearsal import Rehearsal
from tfk.engine.training.fit import fit as fit_model


def fit(model, given):
    """Run one batch of training and of validation, restore the model, and return their
    `History`.
    """
    callbacks = given.callbacks
    if isinstance(callbacks, CallbackList):
        callbacks = callbacks.callbacks
    one_batch = dataclasses.replace(
        given,
        callbacks=Rehearsal(tf.nest.flatten(callbacks or [])).taking_part,
        epochs=given.initial_epoch + 1,
        validation_steps=1,
        validation_freq=1,
    )
    before = model.history
    try:
        return fit_model(model, one_batch)
    finally:
        model.history = before
