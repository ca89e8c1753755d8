"""Slots of many small variables, kept end to end in one variable.

An operation on a small variable costs 10 microseconds whatever it computes, so a few hundred of
them dominate the update of a network with many biases and normalization weights. A group keeps one
flat variable for each kind of slot and updates all members by one set of operations; to everybody
else each slot is a variable of its own, a `SlotView`.
"""

import itertools

import tensorflow as tf

from tfk.optimizers.virtual_variable import VirtualVariable
from tfk.utils.loading import reserve_variable
from tfk.utils.tensorflow_internals import is_shard

FLAT_LIMIT = 10_000  # values; larger variables gain more from a fused kernel of their own
SMALLEST_GROUP = 4


def form_groups(variables, kind_of):
    """Lists of places in `variables` that can share storage.

    Args:
        variables: The variables to be trained.
        kind_of: Function from a variable to what all members of a group have in common.
    """
    groups = {}
    for place, variable in enumerate(variables):
        if _is_small(variable) and _has_one_copy(variable):
            groups.setdefault(kind_of(variable), []).append(place)
    return [places for places in groups.values() if len(places) >= SMALLEST_GROUP]


def _has_one_copy(variable):
    """False for variables of a strategy: their slots have to lie beside each copy or part, or on
    servers.
    """
    strategy = tf.distribute.get_strategy()
    on_servers = isinstance(
        strategy, tf.distribute.ParameterServerStrategy
    )  # shared by workers that do not wait
    one_device = strategy.num_replicas_in_sync == 1 and not on_servers
    parts = hasattr(variable, "distribute_strategy") or is_shard(variable)
    return one_device and not parts


def _is_small(variable):
    shape = variable.shape
    return shape.is_fully_defined() and 0 < shape.num_elements() < FLAT_LIMIT


class FlatGroup:
    """The slots of some variables of one dtype.

    Args:
        places: Places of the variables in the optimizer's list.
        variables: The variables.
        dtype: Their dtype.
        starts: Dict from the name of a slot to its first value.
    """

    def __init__(self, places, variables, dtype, starts):
        self.places = places
        self.shapes = [variable.shape for variable in variables]
        self.sizes = [shape.num_elements() for shape in self.shapes]
        self.total = sum(self.sizes)
        self.offsets = [0, *itertools.accumulate(self.sizes)][:-1]
        reserve_variable("Slots of an optimizer", ((len(starts) + 1) * self.total,), dtype.size)
        with tf.device(variables[0].device):
            self.storage = {
                name: self._vector(name, start, dtype) for name, start in starts.items()
            }
            # Kernels subtract the step from a variable: this one, zero before, then holds the step.
            self.change = self._vector("change", 0, dtype)

    def _vector(self, name, start, dtype):
        return tf.Variable(tf.fill([self.total], tf.cast(start, dtype)), trainable=False, name=name)

    def view(self, slot, place, name):
        """The slot of the variable at `place` as a variable called `name`."""
        member = self.places.index(place)
        return SlotView(self.storage[slot], self.offsets[member], self.shapes[member], name)

    def join(self, tensors):
        """One vector out of a tensor for each member."""
        return tf.concat([_reshaped(tensor, [-1]) for tensor in tensors], axis=0)

    def part(self, vector):
        """A tensor for each member out of one vector."""
        return [_reshaped(t, shape) for t, shape in zip(tf.split(vector, self.sizes), self.shapes)]


def _reshaped(tensor, shape):
    return tensor if tensor.shape.rank == len(shape) == 1 else tf.reshape(tensor, shape)


class SlotView(VirtualVariable):
    """A part of a flat variable as a variable of its own."""

    def __init__(self, storage, offset, shape, name):
        super().__init__(name, shape, storage)
        self._bounds = slice(offset, offset + shape.num_elements())

    def value(self):
        return tf.reshape(self._storage[self._bounds], self.shape)

    def _set(self, value):
        return self._storage[self._bounds].assign(tf.reshape(value, [-1]))
