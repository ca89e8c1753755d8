"""The state of a load, save or copy, which the functions that it calls read."""

import contextlib
import threading


class LoadContext(threading.local):
    """What holds in this thread while objects are loaded, saved or copied.

    Attributes:
        limits: The `LoadLimits` of the loads that begin here, None for the defaults.
        budget: What is left of the limits for the load that is running, None outside of a load.
        weights_follow: Whether weights will be read after the layers have been built.
        safe_mode: Whether stored code is rejected, None outside of a load.
        shared: Objects of this load by the id in their configs, None if each is a separate one.
        numbered: Objects of this save with their ids, None if configs get no ids.
        copying: Whether configs go to a copy in Python, not to a file.
        custom_objects: Objects of the `custom_object_scope`s in force, by name.
    """

    def __init__(self):
        self.limits = None
        self.budget = None
        self.weights_follow = False
        self.safe_mode = None
        self.shared = None
        self.numbered = None
        self.copying = False
        self.custom_objects = {}


context = LoadContext()


@contextlib.contextmanager
def changed(**values):
    """Context in which attributes of the load context have other values."""
    outer = {name: getattr(context, name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(outer)


def _set(values):
    for name, value in values.items():
        setattr(context, name, value)
