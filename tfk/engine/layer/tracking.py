"""Layers, variables and metrics attached to an object, in order of attachment."""

import inspect
import types
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfk.engine.layer.input_spec import layer_title
from tfk.metrics.metric import Metric
from tfk.mixed_precision.autocast_variable import AutoCastVariable
from tfk.optimizers.optimizer import Optimizer
from tfk.utils.random import SeedGenerator
from tfk.utils.shapes import count_elements
from tfk.utils.tensorflow_internals import deferred_values, ignored_properties, track
from tfk.utils.tracebacks import hide_internal_frames
from tfk.utils.versions import Versioned

_CONTAINERS = (list, tuple, dict)
_PLAIN = frozenset((bool, int, float, str, type(None), types.FunctionType))


def is_variable(value):
    return isinstance(value, (tf.Variable, AutoCastVariable))


def _is_plain(value):
    """Return whether a value is of a type without trackable content, or a tuple of such values."""
    return type(value) in _PLAIN or (
        type(value) is tuple and all(type(item) in _PLAIN for item in value)
    )


def unique(items):
    """Return the items without repetitions (by identity), in order of first appearance."""
    seen, kept = set(), []
    for item in items:
        if id(item) not in seen:
            seen.add(id(item))
            kept.append(item)
    return kept


def untracked(method):
    """Decorate a method whose attribute assignments are not tracked."""

    def call(self, *args, **kwargs):
        before = self._tracking_off
        self._tracking_off = True
        try:
            return method(self, *args, **kwargs)
        finally:
            self._tracking_off = before

    call.__doc__, call.__name__ = method.__doc__, method.__name__
    call.__signature__ = inspect.signature(method)
    return call


def _items(container):
    """Return the items of a list or dict; those of a dict by sorted keys, as in Keras 2."""
    if not isinstance(container, dict):
        return list(container)
    try:
        return [container[key] for key in sorted(container)]
    except TypeError:  # keys of several types
        return list(container.values())


def _parts(value):
    """Yield the trackable objects in an attribute's value, which may be a list or dict of them."""
    if isinstance(value, (tf.Module, AutoCastVariable)) or is_variable(value):
        yield value
    elif isinstance(value, _CONTAINERS):
        for item in _items(value):
            yield from _parts(item)


class _TrackingMixin(Versioned, tf.Module):
    """Mixin that tracks objects assigned to attributes (also in lists, tuples and dicts) in order.

    `tf.Module` finds members by sorted attribute name; files and `get_weights` need the order of
    creation, so each assignment is recorded here.
    """

    _UNTRACKED = frozenset(("_created", "_members", "_tracking_off"))

    _members: dict  # attributes that hold parts, by name, in the order of assignment
    _created: list  # variables created by `add_weight`
    _tracking_off: bool = False  # whether a method decorated with `untracked` runs
    # Whether a vocabulary that data decides is part of the state; see `_counts_as_weighted`.
    _learns_vocabulary: bool = False

    # Bookkeeping, not members of the object: tf.Module must not search it for modules.
    _TF_MODULE_IGNORED_PROPERTIES = ignored_properties(
        tf.Module,
        "_build_shapes",
        "_call_record",
        "_created",
        "_inbound_nodes",
        "_init_arguments",
        "_initial_weights",
        "_loss_functions",
        "_outbound_nodes",
        "_regularized",
    )

    def _set_attribute(self, name, value):
        # Most values hold nothing to be found, and names in _self_ are the bookkeeping of
        # TensorFlow's own base class.
        if (_is_plain(value) and name not in self._members) or name.startswith("_self_"):
            object.__setattr__(self, name, value)
            return
        super()._set_attribute(name, value)
        if self._tracking_off:
            return
        replaced = self._members.pop(name, None)
        stored = vars(self).get(name)  # lists and dicts were wrapped by tf.Module
        if is_variable(replaced) and replaced is not stored:
            self._forget(replaced)
        if isinstance(stored, (tf.Module, *_CONTAINERS)) or is_variable(stored):
            self._members[name] = stored

    def __delattr__(self, name):
        self._members.pop(name, None)
        super().__delattr__(name)

    def _forget(self, variable):
        """Remove a variable whose attribute was reassigned from the weights of the layer."""
        if not any(part is variable for part in self._attached()):
            self._created[:] = [created for created in self._created if created is not variable]

    def _attached(self):
        """Return layers, modules, metrics and variables held directly by this object, each once."""
        return unique(part for value in self._members.values() for part in _parts(value))

    def _attached_modules(self):
        """Return attached layers and modules with weights; random state is not a weight."""
        return [
            part
            for part in self._attached()
            if isinstance(part, tf.Module) and not isinstance(part, SeedGenerator)
        ]

    def _weight_owners(self):
        """Return attached layers and modules whose variables are weights of this object, without
        metrics.
        """
        return [part for part in self._attached_modules() if not isinstance(part, Metric)]

    def _sublayers(self):
        """Return attached layers, including those inside plain modules, without metrics."""
        found = []
        for module in self._attached_modules():
            if isinstance(module, _TrackingMixin):
                found.append(module)
            elif not isinstance(module, Metric):
                found += [inner for inner in module.submodules if isinstance(inner, _TrackingMixin)]
        return unique(found)

    def _flatten_layers(self, recursive=True, include_self=True):
        """Yield this layer and all nested layers, depth first, each once."""
        seen = set()

        def walk(layer, recurse):
            for inner in layer._sublayers():
                if id(inner) not in seen:
                    seen.add(id(inner))
                    yield inner
                    if recurse:
                        yield from walk(inner, True)

        if include_self:
            seen.add(id(self))
            yield self
        yield from walk(self, recursive)

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        """Return the objects TensorFlow saves below this one; a SavedModel excludes optimizers.
        Metrics may be part of `call`.
        """
        children = super()._trackable_children("checkpoint", **kwargs)
        if save_type == "savedmodel":
            children = {
                name: child for name, child in children.items() if not isinstance(child, Optimizer)
            }
        return children

    def _track_weight(self, variable, name):
        """Let checkpoints find a variable under the name of the weight, as in Keras 2.

        Of several weights with one name Keras 2 only finds the last one, unless the others are
        attributes. Here the others are found under the name and a number.
        """
        deferred, taken = deferred_values(self), self._lookup_dependency(name)
        if taken is None and not deferred:
            track(self, variable, name)
            return
        same = [other for other in self._created if other.name == variable.name]
        numbered = f"{name}-{len(same)}"
        if numbered in deferred or not (taken is None or is_variable(taken)):
            track(self, variable, numbered)
            return
        if taken is not None:
            track(self, taken, f"{name}-{len(same) - 1}")
        track(self, variable, name)

    def _own_variables(self, trainable):
        """Return variables of this object, without nested ones, created or assigned as (not)
        trainable.
        """
        attached = [part for part in self._attached() if is_variable(part)]
        return [v for v in unique(self._created + attached) if bool(v.trainable) == trainable]

    @property
    def trainable_weights(self):
        """Variables updated by training: this layer's in order of creation, then those of nested
        layers.
        """
        if not self.trainable:
            return []
        inner = [v for module in self._weight_owners() for v in _module_variables(module, True)]
        return unique(self._own_variables(True) + inner)

    @property
    def non_trainable_weights(self):
        """Variables not updated by gradient descent; all of them if `trainable` is False."""
        own, inner = self._own_variables(False), []
        if not self.trainable:
            own = self._own_variables(True) + own
        for module in self._weight_owners():
            if isinstance(module, _TrackingMixin):
                inner += module.non_trainable_weights if self.trainable else module.weights
            else:
                inner += _module_variables(module, False)
                inner += [] if self.trainable else _module_variables(module, True)
        return unique(own + inner)

    @property
    def weights(self):
        """All variables: the trainable ones, then the others."""
        return unique(self.trainable_weights + self.non_trainable_weights)

    @property
    def trainable_variables(self):
        """Same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self):
        """Same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def variables(self):
        """Same as `weights`."""
        return self.weights

    def get_weights(self) -> list[Any]:
        """Return the values of `weights` as a list of NumPy arrays."""
        return [weight.numpy() for weight in self.weights]

    @hide_internal_frames
    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights from a list of arrays in the order of `get_weights()`.

        Args:
            weights: List of arrays, one per variable.
        Raises: ValueError if the number of arrays or a shape differs; nothing is changed then.
        """
        variables = self.weights
        weights = list(weights)
        if len(weights) != len(variables):
            raise ValueError(
                f"{layer_title(self)}: set_weights expected {len(variables)} arrays (the layer has"
                f" that many weights), got {len(weights)}. Has the layer been built?"
            )
        for variable, value in zip(variables, weights):
            if not variable.shape.is_compatible_with(np.shape(value)):
                raise ValueError(
                    f"{layer_title(self)}: set_weights got shape {tuple(np.shape(value))} for"
                    f" {variable.name!r}, which has shape {tuple(variable.shape)}."
                )
        for variable, value in zip(variables, weights):
            variable.assign(
                tf.cast(value, variable.dtype) if tf.is_tensor(value) else np.asarray(value)
            )

    def count_params(self) -> int:
        """Return the number of scalars in all weights.

        Raises: ValueError if the layer has not been built.
        """
        if not self.built:
            raise ValueError(
                f"{layer_title(self)}: count_params() needs the weights, which do not exist yet. "
                "Call the layer on data or build(input_shape) first."
            )
        return count_elements(self.weights)


def group_weights(value, trainable=None):
    """Return the (non-)trainable variables of a module, or of a list or dict with modules and
    variables; all variables of a module if `trainable` is None.

    In a list or dict the variables of modules precede variables among the items, as in Keras 2.
    """
    if isinstance(value, _CONTAINERS):
        items = _items(value)
        inner = [
            v for item in items if not is_variable(item) for v in group_weights(item, trainable)
        ]
        return inner + [v for v in items if is_variable(v) and bool(v.trainable) == trainable]
    if isinstance(value, tf.Module) and not isinstance(value, SeedGenerator):
        return _module_variables(value, trainable)
    return []


def _module_variables(module, trainable):
    """Return variables of a metric or a plain tf.Module, without random state."""
    if isinstance(module, _TrackingMixin):
        return module.trainable_weights if trainable else module.non_trainable_weights
    hidden = {id(inner.state) for inner in module.submodules if isinstance(inner, SeedGenerator)}
    return [
        v
        for v in module.variables
        if id(v) not in hidden and (trainable is None or bool(v.trainable) == trainable)
    ]
