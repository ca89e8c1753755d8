"""Caches of traced functions of a model, and the rule that invalidates them.

A trace is valid as long as the model consists of the same parts (layers, variables, metrics,
modules, the optimizer) in the same versions (`utils/versions.py`) with the same `trainable` flags.
`compile`, `run_eagerly`, `jit_compile`, `add`, `pop`, an attached or replaced part and a changed
setting update the version of what they change, so this is the only rule.
"""

import collections
import contextlib
import operator

import tensorflow as tf

from tfk.engine.layer.tracking import _TrackingMixin, is_variable
from tfk.metrics.metric import Metric
from tfk.optimizers.optimizer import Optimizer
from tfk.utils.random import SeedGenerator
from tfk.utils.versions import Versioned, latest_change

_INDIVISIBLE = (Metric, SeedGenerator)  # modules whose attributes change as they are used


class Traced:
    """Functions traced for one state of a model.

    Attributes:
        loops: Dict of compiled loops by mode and settings.
        planned: Steps of all calls of `fit` on arrays so far, a counter by the number of rows and
            the batch size.
        fast_predict: The `FastPredict` of the model, None before its first use.
        eager_calls: The `EagerCalls` of the model, None before its first call.
    """

    def __init__(self):
        self.loops = {}
        self.planned = collections.Counter()
        self.fast_predict = self.eager_calls = None

    def forget(self, mode):
        """Drop the functions of one mode."""
        self.loops = {key: loop for key, loop in self.loops.items() if key[0] != mode}
        if mode == "predict":
            self.fast_predict = None


class Caches:
    """Caches of one model. An opaque object, so that `tf.Module` finds no modules in it.

    Attributes:
        structure: The parts and versions of the present traces; replaced after each change of them.
        functions: The step functions by mode: those returned by `make_train_function` and its
            siblings, and those assigned by the user.
        prepared: The structure for which compiled losses and metrics were last matched with
            outputs.
        eager_traces: How often eager calls of the model have been traced.
    """

    def __init__(self):
        self.structure = self.prepared = None
        self.eager_traces = 0
        self.functions = {}
        self._by_flags = {}  # dict from the `trainable` flags of all layers to a `Traced`
        self._current = None
        self._time = None  # of the latest change when the structure was last compared

    def current(self, model):
        """Return the traces of `model` as it is now; empty after a change."""
        if self._time != latest_change() or not self.structure.is_as_seen():
            self._compare(model)
        return self._current

    def holds(self, model, loop):
        """Return whether a compiled loop belongs to `model` as it is now."""
        return any(loop is known for known in self.current(model).loops.values())

    @contextlib.contextmanager
    def tracing(self, model, loop):
        """Context of a trace: objects it creates, such as late variables, do not invalidate it."""
        valid = self.holds(model, loop)
        yield
        if valid:
            self._compare(model, keep=True)

    def needs_preparation(self, model):
        """Return whether the structure has changed since `prepared` was last set."""
        self.current(model)
        return self.prepared is not self.structure

    def set_prepared(self, model):
        """Record that the compiled losses and metrics match the outputs of the present
        structure.
        """
        self.current(model)
        self.prepared = self.structure

    def forget(self, mode):
        """Drop the traces of one mode, so that its next use retraces."""
        for traced in self._by_flags.values():
            traced.forget(mode)

    def _compare(self, model, keep=False):
        time = latest_change()
        structure = Structure(model)
        if self.structure is None or not self.structure.equals(structure):
            if keep and self.prepared is self.structure:
                self.prepared = structure
            self.structure = structure
            self._by_flags = {structure.flags: self._current} if keep else {}
        elif self.structure.optimizer != structure.optimizer and not keep:
            self.forget("train")
        self.structure.watched, self.structure.optimizer = structure.watched, structure.optimizer
        self._current = self._by_flags.setdefault(structure.flags, Traced())
        self._time = time


class Structure:
    """The parts of a model in order, each with its version.

    Attributes:
        flags: The `trainable` flags of the layers.
        optimizer: Ids and versions of the optimizers, which only affect training.
        watched: Pairs of a mutable container with parts (or empty) and its contents; lists and
            dicts change without notice.
    """

    def __init__(self, model):
        self.parts, self.watched = [], []
        self._seen = set()
        self._visit(model)
        self.optimizer = [
            (id(part), part._version)
            for optimizer in tf.nest.flatten(model.optimizer)
            for part in _with_inner_optimizers(optimizer)
        ]
        self.versions = [part._version if isinstance(part, Versioned) else 0 for part in self.parts]
        self.flags = tuple(
            part._trainable for part in self.parts if isinstance(part, _TrackingMixin)
        )

    def equals(self, other):
        """Return whether both consist of the same objects in the same versions."""
        return self.versions == other.versions and _identical(self.parts, other.parts)

    def is_as_seen(self):
        """Return whether no watched container has changed."""
        return all(_identical(_contents(box), contents) for box, contents in self.watched)

    def _visit(self, value):
        """Add the parts in `value`; return whether there are any."""
        if isinstance(value, _TrackingMixin):
            if self._add(value):
                for member in list(value._members.values()):
                    self._visit(member)
        elif is_variable(value) or isinstance(value, _INDIVISIBLE):
            self._add(value)
        elif isinstance(value, tf.Module):
            if self._add(value):
                self.watched.append((value, _contents(value)))
                for member in list(vars(value).values()):
                    self._visit(member)
        elif isinstance(value, (list, tuple, dict)):
            return self._visit_container(value)
        else:
            return False
        return True

    def _visit_container(self, container):
        if id(container) in self._seen:
            return False
        self._seen.add(id(container))
        contents = _contents(container)
        found = [self._visit(item) for item in contents]
        # Built-in lists change together with a version, as tuples do.
        mutable = type(container) is not list and not isinstance(container, tuple)
        if mutable and (any(found) or not contents):
            self.watched.append((container, contents))
        return any(found)

    def _add(self, part):
        if id(part) in self._seen:
            return False
        self._seen.add(id(part))
        self.parts.append(part)
        return True


def _with_inner_optimizers(optimizer):
    while isinstance(optimizer, Optimizer):
        yield optimizer
        optimizer = getattr(optimizer, "inner_optimizer", None)


def _contents(box):
    if isinstance(box, tf.Module):
        return list(vars(box).values())
    return [*box.keys(), *box.values()] if isinstance(box, dict) else list(box)


def _identical(some, others):
    return len(some) == len(others) and all(map(operator.is_, some, others))
