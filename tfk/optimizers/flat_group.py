"""Slots of many small variables, stored back to back in one variable.

An operation on a small variable takes about 10 microseconds whatever it computes, so a few hundred
of them dominate the update of a network with many biases and normalization weights. A group keeps
one flat variable per kind of slot and updates all members with one set of operations; to other code
each slot appears as a separate variable, a `SlotView`.
"""

import itertools

import tensorflow as tf

from tfk.optimizers.virtual_variable import VirtualVariable
from tfk.utils.loading import reserve_variable
from tfk.utils.tensorflow_internals import is_shard

FLAT_LIMIT = 10_000  # values; larger variables gain more from a separate fused kernel
SMALLEST_GROUP = 4


def form_groups(variables, kind_of):
    """Return lists of positions in `variables` that can share storage.

    Args:
        variables: The variables to be trained.
        kind_of: Function from a variable to the key that all members of a group share.
    """
    groups = {}
    for place, variable in enumerate(variables):
        if _is_small(variable) and _has_one_copy(variable):
            groups.setdefault(kind_of(variable), []).append(place)
    return [places for places in groups.values() if len(places) >= SMALLEST_GROUP]


def _has_one_copy(variable):
    """Return False for variables of a strategy, whose slots must be on the same devices or
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
    """Slots of several variables of one dtype.

    Args:
        places: Positions of the variables in the optimizer's list.
        variables: The variables.
        dtype: Their dtype.
        starts: Dict from slot name to initial value.
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
            # Kernels subtract the step from a variable: this one starts at zero and receives the
            # step.
            self.change = self._vector("change", 0, dtype)

    def _vector(self, name, start, dtype):
        return tf.Variable(tf.fill([self.total], tf.cast(start, dtype)), trainable=False, name=name)

    def view(self, slot, place, name):
        """Return the slot of the variable at `place` as a variable called `name`."""
        member = self.places.index(place)
        return SlotView(self.storage[slot], self.offsets[member], self.shapes[member], name)

    def join(self, tensors):
        """Concatenate one tensor per member into a vector."""
        return tf.concat([_reshaped(tensor, [-1]) for tensor in tensors], axis=0)

    def part(self, vector):
        """Split a vector into one tensor per member."""
        return [_reshaped(t, shape) for t, shape in zip(tf.split(vector, self.sizes), self.shapes)]


def _reshaped(tensor, shape):
    return tensor if tensor.shape.rank == len(shape) == 1 else tf.reshape(tensor, shape)


class SlotView(VirtualVariable):
    """A slice of a flat variable with the interface of a variable."""

    def __init__(self, storage, offset, shape, name):
        super().__init__(name, shape, storage)
        self._bounds = slice(offset, offset + shape.num_elements())

    def value(self):
        return tf.reshape(self._storage[self._bounds], self.shape)

    def _set(self, value):
        return self._storage[self._bounds].assign(tf.reshape(value, [-1]))
