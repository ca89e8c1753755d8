"""Short texts for objects with settings: `Dense(4, activation='relu', name='dense')`."""

import inspect
import reprlib

import numpy as np

from tfk import config
from tfk.utils.naming import to_snake_case

_MISSING = inspect.Parameter.empty
_OF_SETTINGS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
# Values that are not shown: other ways to write a default, and what the machine decides.
_STANDARD = {
    "activation": ("linear",),
    "jit_compile": (True, False),
    "reduction": ("auto", "sum_over_batch_size"),
}


class _Short(reprlib.Repr):
    """Values on few characters: arrays by their shape, functions and classes by their name."""

    def __init__(self):
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict = 3, 4, 4, 4
        self.maxstring = self.maxother = 60

    def repr1(self, value, level):
        if _is_config(value):
            return f"{value['class_name']}(...)"
        if callable(value) and hasattr(value, "__name__"):
            return value.__name__
        if isinstance(value, np.generic):
            return str(value)
        if getattr(value, "shape", None) not in (None, ()):
            return f"<{type(value).__name__} of shape {tuple(value.shape)}>"
        return super().repr1(value, level)


_short = _Short().repr


def settings_repr(obj, settings):
    """Return the text `Class(setting=value, ...)` with the settings that differ from their
    defaults.

    Args:
        obj: The object.
        settings: Dict of values by name. Of those that `__init__` does not name only `name` and
            `dtype` are shown.
    >>> class Scale:
    ...     def __init__(self, factor, offset=0, name=None): ...
    >>> settings_repr(Scale(2), {"factor": 2, "offset": 0, "name": "scale"})
    "Scale(factor=2, name='scale')"
    """
    defaults = _defaults(type(obj))
    defaults |= {key: None for key in ("name", "dtype") if key not in defaults}
    shown = [
        f"{key}={_short(settings[key])}"
        for key, default in defaults.items()
        if key in settings and not _is_default(key, settings[key], default)
    ]
    return f"{type(obj).__name__}({', '.join(shown)})"


def config_repr(obj):
    """`settings_repr` by `get_config()`."""
    return _or_class_alone(obj, lambda: settings_repr(obj, obj.get_config()))


def attributes_repr(obj):
    """`settings_repr` by the attributes that are called like arguments of `__init__`."""
    names = (name for name in _defaults(type(obj)) if hasattr(obj, name))
    return _or_class_alone(
        obj, lambda: settings_repr(obj, {name: getattr(obj, name) for name in names})
    )


def arguments_repr(obj, args, kwargs):
    """`settings_repr` by the arguments with which an object was created.

    Args:
        obj: The object.
        args: Tuple of the positional arguments of `__init__`.
        kwargs: Dict of the others.
    """

    def text():
        given = inspect.signature(type(obj).__init__).bind(obj, *args, **kwargs).arguments
        return settings_repr(obj, {**given, **kwargs})

    return _or_class_alone(obj, text)


def _or_class_alone(obj, text):
    try:
        return text()
    except Exception:  # of a user's class, a failed __init__, a variable inside a graph
        return f"{type(obj).__name__}(...)"


def _defaults(cls):
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return {each.name: each.default for each in parameters if each.kind in _OF_SETTINGS}


def _is_default(key, value, default):
    if default is _MISSING:
        return False
    if key == "dtype" and default is None:
        default = config.floatx()
    if isinstance(value, np.generic) and default is not None:
        default = type(value)(default)
    if value is default or (isinstance(value, type(default)) and value == default):
        return True
    if _is_config(value):  # as files hold objects
        return to_snake_case(value["class_name"]) == default
    return isinstance(value, (str, bool)) and value in _STANDARD.get(key, ())


def _is_config(value):
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)
