"""Versions of objects, by which traced functions notice that what they were traced from has changed.

A graph keeps the Python values that were read while it was traced. Each layer, model and optimizer
therefore has a version, a number that is renewed when it computes something else from now on.
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
    """A number that grows with every change of a versioned object."""
    return _Clock.now


def note_change():
    """Makes every cache compare its parts before it is used again."""
    _Clock.now = next(_numbers)


class Versioned:
    """An object with a version.

    The version is renewed when a setting (an argument of the constructor) gets another value, and
    when a function, a trackable object (a layer, a variable) or a container of them is attached,
    replaced or removed. Other attributes are data of the program, such as counters: they count from
    the next `compile` on, as in Keras 2.
    """

    _version = 0
    _more_settings = ()  # settings that are no arguments of a constructor
    _has_parts = True  # whether trackable objects among the attributes matter

    def renew_version(self):
        """Declares that this object computes something else from now on."""
        note_change()
        object.__setattr__(self, "_version", _Clock.now)

    def __setattr__(self, name, value):
        # Names in _self_ are the bookkeeping of TensorFlow's own base class.
        changes = not name.startswith("_self_") and _changes_behavior(self, name, value)
        self._set_attribute(name, value)
        if changes:
            self.renew_version()

    def _set_attribute(self, name, value):
        super().__setattr__(name, value)

    def __delattr__(self, name):
        changes = not name.startswith("_self_") and _acts(self, self.__dict__.get(name))
        super().__delattr__(name)
        if changes:
            self.renew_version()


def _changes_behavior(owner, name, value):
    """Whether assigning `value` to an attribute changes what `owner` computes."""
    old = owner.__dict__.get(name, _MISSING)
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
        init = base.__dict__.get("__init__")
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
