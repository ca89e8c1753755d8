"""Versions of objects, by which traced functions notice that what they were traced from has
changed.

A graph keeps the Python values that were read while it was traced. Each layer, model and optimizer
therefore has a version, a number that changes whenever its computation changes.
"""

import functools
import inspect
import itertools

import tensorflow as tf

from tfk.utils.tensorflow_internals import Trackable

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_DATA = (
    tf.data.Dataset,
    tf.data.Iterator,
)  # trackable, but handed to models instead of used by them
_MISSING = object()
_numbers = itertools.count(1)


class _Clock:
    """The time of the latest change in the process, so that one comparison can rule out any."""

    now = 0


def latest_change():
    """Return a number that grows with every change of a versioned object."""
    return _Clock.now


def note_change():
    """Make every cache compare its parts before it is used again."""
    _Clock.now = next(_numbers)


class Versioned:
    """An object with a version.

    The version is renewed when a setting (an argument of the constructor) gets another value, and
    when a function, a trackable object (a layer, a variable) or a container of them is attached,
    replaced or removed. Other attributes are data of the program, such as counters: they count from
    the next `compile` on, as in Keras 2.

    A class lists in `_UNTRACKED` which of its attributes hold no parts of the object: the state of
    the library itself, and what the object only refers to. They are set as in any Python object:
    their values are not wrapped or searched, are not weights and do not reach checkpoints. A
    setting among them still renews the version. The lists of all base classes count.
    """

    _UNTRACKED: frozenset[str] = frozenset()

    _version: int = 0
    _more_settings: tuple[str, ...] = ()  # settings that are no arguments of a constructor
    _has_parts: bool = True  # whether trackable objects among the attributes matter

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        lists = (vars(base).get("_UNTRACKED", ()) for base in cls.__mro__)
        cls._UNTRACKED = frozenset().union(*lists)

    def renew_version(self):
        """Record that the computation of this object has changed."""
        note_change()
        object.__setattr__(self, "_version", _Clock.now)

    def __setattr__(self, name, value):
        if name in self._UNTRACKED:
            if name[0] == "_":  # no setting, whose names are public
                object.__setattr__(self, name, value)
            else:
                self._set_untracked(name, value)
            return
        # Names in _self_ are the bookkeeping of TensorFlow's own base class.
        changes = not name.startswith("_self_") and _changes_behavior(self, name, value)
        self._set_attribute(name, value)
        if changes:
            self.renew_version()

    def _set_attribute(self, name, value):
        super().__setattr__(name, value)

    def _set_untracked(self, name, value):
        """Sets an attribute of `_UNTRACKED`, or another one as if it were listed there."""
        changes = name in _settings(type(self)) and _changes_behavior(self, name, value)
        object.__setattr__(self, name, value)
        if changes:
            self.renew_version()

    def __delattr__(self, name):
        changes = not name.startswith("_self_") and _acts(self, vars(self).get(name))
        super().__delattr__(name)
        if changes:
            self.renew_version()


def _changes_behavior(owner, name, value):
    """Whether assigning `value` to an attribute changes what `owner` computes."""
    old = vars(owner).get(name, _MISSING)
    if old is value:
        return False
    if name in _settings(type(owner)):
        return old is not _MISSING and not _equal_plain(old, value)
    if old is _MISSING:
        overrides = callable(value) and hasattr(type(owner), name)
        return overrides or (owner._has_parts and _holds_trackable(value))
    return _acts(owner, old) or _acts(owner, value)


@functools.cache
def _settings(cls):
    """Names of the constructor arguments, less those that properties set."""
    names = set(cls._more_settings)
    for base in cls.__mro__:
        init = vars(base).get("__init__")
        if inspect.isfunction(init):
            names.update(inspect.signature(init).parameters)
    return frozenset(
        name
        for name in names - {"self", "args", "kwargs", "name"}
        if not inspect.isdatadescriptor(inspect.getattr_static(cls, name, None))
    )


def _acts(owner, value):
    return callable(value) or (owner._has_parts and _holds_trackable(value))


def _holds_trackable(value):
    if isinstance(value, dict):
        return any(map(_holds_trackable, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_trackable, value))
    return isinstance(value, Trackable) and not isinstance(value, _DATA)


def _equal_plain(old, value):
    return isinstance(value, _PLAIN) and type(old) is type(value) and old == value
