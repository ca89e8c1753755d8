"""Legacy optimizers in TensorFlow checkpoints.

There they hold their hyperparameters as variables of their own names, and `iter`. Each slot is
stored beside the variable of the model that it accompanies, under the name of the slot. So the state
does not depend on the order of the variables, and an optimizer of another class takes what it knows
and starts fresh with the rest.
"""

import numpy as np
import tensorflow as tf

from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import (
    Trackable,
    restore_position,
    untracked,
    variable_key,
)

# Children that checkpoints of present optimizers hold instead.
NOT_STORED = (
    "_variables",
    "_iterations",
    "iterations",
    "_learning_rate",
    "_current_learning_rate",
    "_rate_in_use",
    "_momentum_cache",
)


class _CheckpointsMixin:
    """The part of a legacy optimizer that checkpoints are written from and restored to."""

    def _init_checkpoints(self):
        self._waiting_slots = untracked(self, {})  # (key of a variable, slot name) -> positions
        self._stored_decay = untracked(self, StoredDecay(self))

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == "savedmodel":
            return children
        kept = {name: child for name, child in children.items() if name not in NOT_STORED}
        return {**kept, **self._stored_hyperparameters()}

    def _stored_hyperparameters(self):
        """What holds the number of updates and each hyperparameter, by the name in checkpoints."""
        stored = {"iter": self._iterations, "learning_rate": getattr(self, "_learning_rate", None)}
        if self.decay or self.hyperparameters or self.settings:
            stored["decay"] = self._stored_decay
        stored.update(self._hyper)
        return {name: v for name, v in stored.items() if isinstance(v, (tf.Variable, StoredDecay))}

    def _create_or_restore_slot_variable(self, slot_variable_position, slot_name, variable, **_):
        """Restores a slot, at once or when it is created."""
        try:
            slot = self.get_slot(variable, slot_name)
        except KeyError:
            waiting = self._waiting_slots.setdefault((variable_key(variable), slot_name), [])
            waiting.append(slot_variable_position)
        else:
            restore_position(slot_variable_position, slot)

    def _restore_waiting_slot(self, variable, slot_name, slot):
        """Gives a new slot the values of checkpoints that were restored before."""
        for position in self._waiting_slots.pop((variable_key(variable), slot_name), ()):
            restore_position(position, slot)


class StoredDecay(Trackable):
    """The decay of an optimizer, a Python number, as checkpoints see it: a float32 variable.

    Args:
        owner: The optimizer.
    """

    def __init__(self, owner):
        self._owner = owner

    def _value(self):
        return np.float32(self._owner._get_hyper("decay"))

    def _serialize_to_tensors(self):
        return {"VARIABLE_VALUE": tf.constant(self._value())}

    def _restore_from_tensors(self, restored_tensors):
        stored = restored_tensors["VARIABLE_VALUE"].numpy()
        if stored != self._value():  # else the number keeps the digits that float32 lacks
            self._owner._set_hyper("decay", float(str(stored)))

    def __repr__(self):
        return f"<decay of {describe(self._owner)}: {self._value()}>"
