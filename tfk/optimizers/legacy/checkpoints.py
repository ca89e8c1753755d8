"""Legacy optimizers in TensorFlow checkpoints.

They store their hyperparameters as separate variables, and `iter`. Each slot is stored with the
model variable it belongs to, under the name of the slot. The state therefore does not depend on the
order of the variables, and an optimizer of another class restores the slots it shares and
initializes the rest.
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

# Children that checkpoints of current optimizers hold instead.
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
    """Mixin of legacy optimizers that writes and restores checkpoints."""

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
        """Return the objects that hold the update count and each hyperparameter, by checkpoint
        name.
        """
        stored = {"iter": self._iterations, "learning_rate": getattr(self, "_learning_rate", None)}
        if self.decay or self.hyperparameters or self.settings:
            stored["decay"] = self._stored_decay
        stored.update(self._hyper)
        return {name: v for name, v in stored.items() if isinstance(v, (tf.Variable, StoredDecay))}

    def _create_or_restore_slot_variable(self, slot_variable_position, slot_name, variable, **_):
        """Restore a slot, immediately or when it is created."""
        try:
            slot = self.get_slot(variable, slot_name)
        except KeyError:
            waiting = self._waiting_slots.setdefault((variable_key(variable), slot_name), [])
            waiting.append(slot_variable_position)
        else:
            restore_position(slot_variable_position, slot)

    def _restore_waiting_slot(self, variable, slot_name, slot):
        """Restore a new slot from checkpoints that were loaded before it existed."""
        for position in self._waiting_slots.pop((variable_key(variable), slot_name), ()):
            restore_position(position, slot)


class StoredDecay(Trackable):
    """The decay of an optimizer, a Python number, as a float32 variable in checkpoints.

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
        if (
            stored != self._value()
        ):  # otherwise the number keeps the digits that float32 cannot represent
            self._owner._set_hyper("decay", float(str(stored)))

    def __repr__(self):
        return f"<decay of {describe(self._owner)}: {self._value()}>"
