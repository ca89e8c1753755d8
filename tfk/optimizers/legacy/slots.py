"""Per-variable state of legacy optimizers: `add_slot` and `get_slot`."""

import numpy as np
import tensorflow as tf

from tfk import initializers
from tfk.optimizers.state import name_of, stored_dtype
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import untracked, variable_key


class _SlotsMixin:
    """Mixin of legacy optimizers that creates slots, also for variables added later."""

    # Names of the slots in files of Keras before tf.keras (1.0 to 2.3), which held "iterations" and
    # the slots of all variables in turn. None where that is what is stored now.
    first_layout = None

    def _init_slots(self):
        self._user_slots = untracked(self, {})  # (key of a variable, slot name) -> variable

    def build(self, var_list):
        """Create the slots of variables that have none yet.

        Args:
            var_list: The variables to be trained.
        """
        var_list = list(var_list)
        first = not self._index_dict
        super().build(var_list)
        for variable in () if first else var_list:
            self._index_dict.setdefault(variable_key(variable), len(self._index_dict))
        with tf.init_scope():
            self._create_all_weights(var_list)

    def _create_all_weights(self, var_list):
        self._create_hypers()
        self._create_slots(var_list)

    def _create_slots(self, var_list):
        """Create the slots of the variables with `add_slot`; none by default.

        Args:
            var_list: The variables of one update; some may have their slots already.
        """

    def add_slot(self, var, slot_name, initializer="zeros", shape=None):
        """Return the slot `slot_name` of `var`, creating it if needed.

        Args:
            var: A variable of the model.
            slot_name: Name of the slot.
            initializer: Initial value: a tensor, an initializer or its name. Defaults to `"zeros"`.
            shape: Shape; None uses that of `var`. Defaults to None.
        """
        key = variable_key(var), slot_name
        if key not in self._user_slots:
            start = initializer
            if not tf.is_tensor(initializer) and not _is_shape_unknown(var, shape, initializer):
                make = initializers.get(initializer)
                start = make(var.shape if shape is None else shape, dtype=stored_dtype(var))
            elif not tf.is_tensor(initializer):
                start = None  # zeros of the present shape
            slot = self.add_variable_from_reference(var, slot_name, shape, start)
            self._user_slots[key] = slot
            self._restore_waiting_slot(var, slot_name, slot)
        return self._user_slots[key]

    def _slot_path(self, variable, name):
        return f"{name_of(variable)}/{name}"

    def get_slot(self, var, slot_name):
        """Return the slot of a variable.

        Raises: KeyError if there is none of this name.
        """
        key = variable_key(var), slot_name
        if key not in self._user_slots:
            raise KeyError(
                f"{describe(self)}: {var.name} has no slot {slot_name!r}; its slots are"
                f" {self.get_slot_names()}. Call add_slot in _create_slots."
            )
        return self._user_slots[key]

    def get_slot_names(self):
        """Return the names of the slots, in order of creation."""
        return list(dict.fromkeys(name for _, name in self._user_slots))

    @property
    def weights(self):
        """Variables of the optimizer: `iterations`, then the others in order of creation."""
        return self.variables

    def stored_places(self, shapes):
        places = super().stored_places(shapes)
        if places is None and self.first_layout is not None:
            return self._places_in_first_layout([tuple(shape) for shape in shapes])
        return places

    def _places_in_first_layout(self, shapes):
        """Return `stored_places` for a file of Keras 1.0 to 2.3."""
        counts = {name: len(self._index_dict) for name in self.first_layout}
        counts["iterations"] = 1
        if sum(counts[name] for name in self.first_layout) != len(shapes):
            return None
        ends = np.cumsum([counts[name] for name in self.first_layout])
        starts = dict(zip(self.first_layout, [0, *ends[:-1].tolist()]))
        slots = [
            starts[name] + index
            for name in self.get_slot_names()
            for index in range(len(self._index_dict))
        ]
        others = [None] * (len(self.variables) - len(slots) - 1)
        places = [starts.get("iterations"), *others, *slots]
        fits = all(
            place is None or tuple(variable.shape) == shapes[place]
            for variable, place in zip(self.variables, places)
        )
        return places if fits else None


def _is_shape_unknown(var, shape, initializer):
    return shape is None and initializer == "zeros" and not var.shape.is_fully_defined()
