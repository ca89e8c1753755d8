"""Base class of optimizers with an elementwise update rule."""

import numpy as np
import tensorflow as tf

from tfk.optimizers import gradients as gradient_steps
from tfk.optimizers.distribution import on_each_copy
from tfk.optimizers.flat_group import FLAT_LIMIT, FlatGroup, form_groups
from tfk.optimizers.optimizer import Optimizer
from tfk.optimizers.state import stored_dtype
from tfk.optimizers.virtual_variable import VirtualVariable
from tfk.utils.overrides import is_overridden
from tfk.utils.tensorflow_internals import untracked

FUSED_DTYPES = (tf.float32, tf.float64)  # shorter dtypes cannot represent values such as 0.999
DENSE_SHARE = (
    4  # a gradient that names more than 1/4 of a table's rows is cheaper as a dense tensor
)


class RuleOptimizer(Optimizer):
    """Optimizer that evaluates a formula on gradients and slots in the cheapest equivalent way.

    A subclass defines its slots (`slot_blocks`, `slot_start`), values that only depend on the step
    (`coefficients`) and the formula (`rule`). If TensorFlow has a kernel that computes the same in
    one pass, `fused` calls it. Small variables are updated together (see `flat_group`), large ones
    by the kernel. A sparse gradient of a large table only updates its own rows if `rows_only` says
    that this is exact; otherwise it is made dense, because every row changes anyway.
    """

    fused = None  # method(variable, gradient, slots, coefficients), where there is a kernel
    smallest_fused = FLAT_LIMIT  # values; below, plain operations cost no more than the kernel
    _compiled_rule = None
    _compiled_version = None  # that of the settings under which `_compiled_rule` was made

    @property
    def grouped(self):
        """Whether small variables are updated together."""
        return True

    def slot_blocks(self):
        """Return the slot names in blocks: the slots of a block are created together, variable by
        variable.
        """
        return ()

    def slot_start(self, name: str):
        """Return the initial value of a slot."""
        return 0.0

    @property
    def rows_only(self):
        """Whether rows without a gradient keep their values and slots."""
        return False

    def coefficients(self, rate: float):
        """Return per-update values that `rule` needs besides gradient and slots; `rate` is the
        learning rate.
        """
        return rate

    def rule(self, gradient, slots, coefficients):
        """Return the step to subtract from the values, and the new slots, all in the gradient's
        shape.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define rule().")

    def build(self, var_list):
        super().build(var_list)
        if getattr(self, "_built", False):
            return
        self._built = True
        blocks = self.slot_blocks()
        starts = {name: self.slot_start(name) for block in blocks for name in block}
        self._groups, group_of = untracked(self, []), {}
        self._hidden = untracked(self, [])  # variables that hold the values of others
        for places in form_groups(var_list, self._kind_of) if starts and self.grouped else ():
            members = [var_list[place] for place in places]
            group = FlatGroup(places, members, stored_dtype(members[0]), starts)
            self._groups.append(group)
            self._hidden += [*group.storage.values(), group.change]
            group_of.update(dict.fromkeys(places, group))
        slots = [{} for _ in var_list]
        for block in blocks:
            for place, variable in enumerate(var_list):
                for name in block:
                    slots[place][name] = self._new_slot(
                        variable, name, starts[name], place, group_of.get(place)
                    )
        self._slots = untracked(self, [tuple(of_variable.values()) for of_variable in slots])

    def _kind_of(self, variable):
        return stored_dtype(variable), variable.device, self._multipliers.of(variable)

    def _new_slot(self, variable, name, start, place, group):
        if group is None:
            value = (
                tf.fill(variable.shape, tf.cast(start, stored_dtype(variable))) if start else None
            )
            return self.add_variable_from_reference(variable, name, initial_value=value)
        view = group.view(name, place, self._slot_path(variable, name))
        self._variables.append(view)
        return view

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == "savedmodel" and hasattr(self, "_hidden"):
            # Its functions need the variables that really hold the values.
            children.pop("_variables")
            own = [v for v in self._variables if not isinstance(v, VirtualVariable)]
            children.update({f"_state_{i}": v for i, v in enumerate([*own, *self._hidden])})
        return children

    def slots_of(self, variable):
        """Return the slots of a variable, in the order of `slot_blocks`."""
        return self._slots[self.index_of(variable)]

    def update_step(self, gradient, variable):
        rate = self.rate_for(variable)
        self._step_one(variable, gradient, self._coefficients(rate.dtype, rate))

    def _coefficients(self, dtype, rate):
        """Return `coefficients` in the dtype of a variable, computed in at least float32."""
        now = self.coefficients(tf.cast(rate, _at_least_float32(dtype)))
        return tf.nest.map_structure(lambda value: tf.cast(value, dtype), now)

    def _update_variables(self, strategy, pairs):
        if is_overridden(type(self), "update_step", RuleOptimizer):  # overridden by the user
            return super()._update_variables(strategy, pairs)
        known = {}

        def coefficients(dtype, factor):
            if (dtype, factor) not in known:
                known[dtype, factor] = self._coefficients(
                    dtype, self._rate(_at_least_float32(dtype), factor)
                )
            return known[dtype, factor]

        by_place = {self.index_of(variable): (gradient, variable) for gradient, variable in pairs}
        for group in self._groups:
            if all(place in by_place for place in group.places):
                members = [by_place.pop(place) for place in group.places]
                dtype, _, factor = self._kind_of(members[0][1])
                self._step_group(group, members, coefficients(dtype, factor))
        for gradient, variable in by_place.values():
            these = coefficients(stored_dtype(variable), self._multipliers.of(variable))
            on_each_copy(strategy, variable, self._step_one, gradient, these)

    def _step_group(self, group, pairs, coefficients):
        gradient = group.join([gradient_steps.densify(g, v) for g, v in pairs])
        slots = tuple(group.storage.values())
        if self.fused and gradient.dtype in FUSED_DTYPES:
            group.change.assign(tf.zeros([group.total], gradient.dtype), read_value=False)
            self.fused(group.change, gradient, slots, coefficients)
            for (_, variable), change in zip(pairs, group.part(group.change.read_value())):
                variable.assign_add(change, read_value=False)
        else:
            step = self._follow_rule(gradient, slots, coefficients)
            for (_, variable), part in zip(pairs, group.part(step)):
                variable.assign_sub(part, read_value=False)

    def _step_one(self, variable, gradient, coefficients):
        slots = self.slots_of(variable)
        if isinstance(gradient, tf.IndexedSlices):
            if self.rows_only and not names_many_rows(gradient, variable):
                return self.step_rows(variable, gradient, slots, coefficients)
            gradient = gradient_steps.densify(gradient, variable)
        large = (variable.shape.num_elements() or 0) >= self.smallest_fused
        # A slot with shared storage has no separate handle to pass to a kernel.
        own = not any(isinstance(slot, VirtualVariable) for slot in slots)
        if self.fused and large and own and gradient.dtype in FUSED_DTYPES:
            self.fused(variable, gradient, slots, coefficients)
        else:
            step = self._follow_rule(gradient, slots, coefficients)
            variable.assign_sub(step, read_value=False)

    def step_rows(self, variable, gradient, slots, coefficients):
        """Update only the rows contained in a sparse gradient."""
        gradient = gradient_steps.sum_repeated_rows(gradient)
        rows = gradient.indices
        step, values = self._rule(
            gradient.values, [tf.gather(s, rows) for s in slots], coefficients
        )
        for slot, value in zip(slots, values):
            slot.scatter_update(tf.IndexedSlices(value, rows))
        variable.scatter_sub(tf.IndexedSlices(step, rows))

    def _follow_rule(self, gradient, slots, coefficients):
        """Assign the new slots and return the step."""
        step, values = self._rule(gradient, [tf.convert_to_tensor(s) for s in slots], coefficients)
        for slot, value in zip(slots, values):
            slot.assign(value, read_value=False)
        return step

    @property
    def _rule(self):
        """Return `rule`, compiled by XLA if `jit_compile` requests it."""
        if not self.jit_compile:
            return self.rule
        if self._compiled_version != self._version:
            self._compiled_rule = untracked(
                self, tf.function(self.rule, jit_compile=True, autograph=False)
            )
            self._compiled_version = self._version
        return self._compiled_rule


def _at_least_float32(dtype):
    return tf.float32 if dtype.size < 4 else dtype


def names_many_rows(gradient, variable):
    count, rows = gradient.indices.shape.num_elements(), variable.shape[0]
    return bool(count and rows and count * DENSE_SHARE >= rows)


def fits_kernel(beta):
    """Return True if a kernel that computes `1 - beta` in float32 is accurate to one part in a
    million.
    """
    return abs((np.float32(1) - np.float32(beta)) - (1 - beta)) <= 1e-6 * (1 - beta)
